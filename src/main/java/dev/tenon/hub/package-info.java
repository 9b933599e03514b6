/**
 * Models by name: the cache that {@code huggingface_hub} keeps on a machine, and what fills it.
 *
 * <p>In order of importance:
 *
 * <ol>
 *   <li>{@link dev.tenon.hub.HubCache} finds what is on disk and never asks a network.
 *   <li>{@link dev.tenon.hub.Hub} brings what is not there yet. A download asks a {@code
 *       Repository} what it has, {@code Fetch}es each file into a {@code PartialBlob}, and gives it
 *       its name when size and hash are right.
 *   <li>{@link dev.tenon.hub.FilePatterns} choose files other than those a load needs.
 *   <li>{@link dev.tenon.hub.ModelName} is what may be asked for; no name leads out of the cache.
 * </ol>
 *
 * <p>The cache is shared with other programs while they run, whatever they are written in. What a
 * server sends is not trusted: each answer ends in a right file or in one {@link
 * dev.tenon.TenonException}. May use the JDK, Jackson's parser, what a checkpoint's files are
 * called, and the native core's locks; used by the door and the command line. Whoever only looks
 * into the cache loads no class of the JDK's HTTP client, which {@code hub.http} talks through;
 * {@code hub.cache} knows how the folders are laid out.
 */
@NullMarked
package dev.tenon.hub;

import org.jspecify.annotations.NullMarked;
