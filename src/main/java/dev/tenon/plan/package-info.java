/**
 * What a load will do, and a save, decided before a byte is read: each key of the checkpoint
 * matched with a slot of the skeleton, ties united, and one {@link dev.tenon.plan.Step} a slot.
 *
 * <p>{@link dev.tenon.plan.Planner} goes one way, each stop a class:
 *
 * <ol>
 *   <li>{@code LoadDType}, {@code SlotDTypes}: the dtype of the load, and of each slot in it.
 *   <li>{@code PackedWeights}, {@code RawNumbers}, {@code UnknownPacking}: what is quantised, in a
 *       known way or not, is an error.
 *   <li>{@code Matching}: a key is renamed ({@code Spelling}), perhaps converted ({@code
 *       Converter}, {@code Gathering}, {@code Layout}), and looked up ({@code SlotNames}).
 *   <li>{@code Mismatches}: what does not fit is an error, all of it at once, or counts as absent.
 *   <li>{@code TieForest}, {@code TieDecisions}: names that share a tensor, and whose it is by what
 *       the files hold. Where only bytes can tell, a {@link dev.tenon.plan.tie.TieCandidate} is
 *       left for {@link dev.tenon.plan.LoadPlan#resolve}.
 * </ol>
 *
 * <p>Where packed weights are to stay packed, {@code plan.keep} puts their tensors in the place of
 * what they would be unpacked to.
 *
 * <p>{@link dev.tenon.plan.save.SavePlan} goes the other way, {@code Respelling} as {@code
 * Matching} came: which tensors a save writes, and of what parts of which slots.
 *
 * <p>Pure and deterministic: the same headers and the same skeleton give the same plan, in any
 * thread. The time is linear in keys and slots. May use {@code checkpoint}, {@code skeleton},
 * {@code quantised} and {@code tensor}; never libtorch, never tensor bytes.
 */
@NullMarked
package dev.tenon.plan;

import org.jspecify.annotations.NullMarked;
