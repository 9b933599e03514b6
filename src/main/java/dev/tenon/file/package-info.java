/**
 * A file that appears when it is whole, for whoever writes one beside a load, and a link that leads
 * nowhere, for whoever misses one. May use the JDK and nothing else.
 */
@NullMarked
package dev.tenon.file;

import org.jspecify.annotations.NullMarked;
