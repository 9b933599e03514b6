/** The other way: which tensors a save writes, under which names, of what parts of which slots. */
@NullMarked
package dev.tenon.plan.save;

import org.jspecify.annotations.NullMarked;
