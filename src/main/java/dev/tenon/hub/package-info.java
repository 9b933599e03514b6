/**
 * Models by name: the cache that {@code huggingface_hub} keeps on a machine, and what fills it.
 *
 * <p>In order of importance:
 *
 * <ol>
 *   <li>{@link dev.tenon.hub.HubCache} finds what is on disk and never asks a network.
 *   <li>{@link dev.tenon.hub.ModelName} is what may be asked for; no name leads out of the cache.
 * </ol>
 *
 * <p>The cache is shared with other programs while they run, whatever they are written in. May use
 * the JDK and what a checkpoint's files are called; used by the door and the command line.
 */
@NullMarked
package dev.tenon.hub;

import org.jspecify.annotations.NullMarked;
