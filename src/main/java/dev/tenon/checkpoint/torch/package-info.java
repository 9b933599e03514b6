/**
 * torch's own format, zip and legacy: a zip directory and an unpickler that builds tensors and
 * plain containers and never runs code. Only {@code TorchFile} is for others, and only {@code
 * checkpoint} calls it.
 */
@NullMarked
package dev.tenon.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
