/**
 * The few words every room shares: what an element is ({@link dev.tenon.tensor.DType}) and how many
 * there are ({@link dev.tenon.tensor.Shape}). It uses the JDK alone.
 */
@NullMarked
package dev.tenon.tensor;

import org.jspecify.annotations.NullMarked;
