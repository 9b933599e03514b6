/**
 * From weights to what computes: a model's tensors handed to a {@code torch::nn} module or to a
 * TorchScript program, by name and without a copy.
 *
 * <p>{@link dev.tenon.bind.Binding} compares first and changes nothing unless everything fits, or
 * what does not is allowed; {@link dev.tenon.bind.BindingReport} says what met what. What the two
 * kinds of modules call their tensors is in {@code Places}, the one class that knows the kinds.
 *
 * <p>For applications: no other room uses it. May use the door, what the model's slots are, and
 * JavaCPP's libtorch.
 */
@NullMarked
package dev.tenon.bind;

import org.jspecify.annotations.NullMarked;
