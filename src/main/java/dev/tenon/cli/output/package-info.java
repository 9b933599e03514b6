/** What a person or a program reads: tables, units, progress, reports as text and as JSON. */
@NullMarked
package dev.tenon.cli.output;

import org.jspecify.annotations.NullMarked;
