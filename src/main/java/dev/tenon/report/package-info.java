/**
 * A load's report as a page to look at: one HTML file that needs nothing else.
 *
 * <p>A page is its template, the resources beside these classes, with the report's data in it. It
 * is a function of the report alone, so the room uses the door's report and the words it is written
 * in, {@code file}, Jackson and the JDK; no libtorch. The command line and applications use it, no
 * other room does.
 */
@NullMarked
package dev.tenon.report;

import org.jspecify.annotations.NullMarked;
