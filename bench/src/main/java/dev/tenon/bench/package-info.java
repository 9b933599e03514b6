/**
 * What Tenon costs, measured with JMH, and {@link dev.tenon.bench.Cases}, which {@code compare}
 * runs against the reference. Runs from the class path, so that it reaches rooms the module keeps
 * to itself.
 */
package dev.tenon.bench;
