package dev.tenon.quantised.gguf;

import java.util.function.Consumer;

/**
 * What a GGUF of one architecture is.
 *
 * @param modelType the config's {@code model_type}
 * @param className the class that llama.cpp's model is
 * @param fields takes what the config has to say from the metadata
 * @param names of its tensors
 */
record GgufArchitecture(String modelType, String className, Consumer<Fields> fields, Names names) {}
