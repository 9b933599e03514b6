/**
 * A file that appears when it is whole, for whoever writes one beside a load. May use the JDK and
 * nothing else.
 */
@NullMarked
package dev.tenon.file;

import org.jspecify.annotations.NullMarked;
