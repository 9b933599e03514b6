package dev.tenon.trace;

/**
 * How long each phase took, in milliseconds. Config, headers and plan run while libtorch loads, so
 * the parts may add up to more than the total.
 *
 * @param config reading the config and describing the model
 * @param headers reading the files' headers
 * @param plan matching the two
 * @param allocate memory for what is not mapped
 * @param read mapping, reading and converting
 * @param init values of missing slots
 * @param tie comparing and sharing
 * @param total from the call to its return
 */
public record Millis(
    double config,
    double headers,
    double plan,
    double allocate,
    double read,
    double init,
    double tie,
    double total) {}
