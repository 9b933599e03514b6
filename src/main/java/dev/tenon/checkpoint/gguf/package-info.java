/**
 * GGUF files, as llama.cpp writes them: headers, tensors in blocks of ggml's types, and which files
 * of a directory belong together. Every count in them is bounded by the file's size.
 */
@NullMarked
package dev.tenon.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
