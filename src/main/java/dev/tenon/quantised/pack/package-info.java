/**
 * The way back: plain weights become packed ones as a checkpoint is written. {@code Bands} brings a
 * tensor's rows as float32, a scheme makes codes and scales of them, and what comes out are tensors
 * to be written. The arithmetic is float32, each step rounded by itself, in an order that depends
 * on nothing, so that the same weights give the same bytes.
 */
@NullMarked
package dev.tenon.quantised.pack;

import org.jspecify.annotations.NullMarked;
