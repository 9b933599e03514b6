/**
 * What keys of a checkpoint are called in the model: prefixes, renamings and their inverses, the
 * user's own mapping, and the slots' names to look them up by.
 */
@NullMarked
package dev.tenon.plan.names;

import org.jspecify.annotations.NullMarked;
