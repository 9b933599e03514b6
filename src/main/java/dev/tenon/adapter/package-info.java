/**
 * LoRA adapters: what their configs and files say, and what merging them does to a load's plan.
 * Pure: headers and configs alone, no libtorch, no tensor bytes. What is not plain LoRA, or DoRA,
 * is refused by name.
 */
@NullMarked
package dev.tenon.adapter;

import org.jspecify.annotations.NullMarked;
