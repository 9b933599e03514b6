/**
 * Which names share a tensor, and whose it is: {@code TieForest} joins what the skeleton ties,
 * {@code TieDecisions} sees what the files hold, and a {@link dev.tenon.plan.tie.TieCandidate} is
 * left where only bytes can tell.
 */
@NullMarked
package dev.tenon.plan.tie;

import org.jspecify.annotations.NullMarked;
