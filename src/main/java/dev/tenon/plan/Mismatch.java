package dev.tenon.plan;

import dev.tenon.tensor.Shape;

/**
 * A key whose shape is not the slot's.
 *
 * @param name the slot
 * @param checkpoint the shape in the file
 * @param model the shape the model needs
 */
public record Mismatch(String name, Shape checkpoint, Shape model) {}
