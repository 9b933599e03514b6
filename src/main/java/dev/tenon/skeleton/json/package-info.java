/** JSON as the files of strangers hold it: bounded, and with errors that name file and field. */
@NullMarked
package dev.tenon.skeleton.json;

import org.jspecify.annotations.NullMarked;
