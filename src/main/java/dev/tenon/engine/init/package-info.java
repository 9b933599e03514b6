/**
 * Who writes what is missing: {@link dev.tenon.engine.init.InitEngines} gives each slot to an
 * engine by its rules, device and generator; queues make one parallel call of many. A slot whose
 * bit is set never comes here. May use {@code engine.bytes} and {@code engine.torch}.
 */
@NullMarked
package dev.tenon.engine.init;

import org.jspecify.annotations.NullMarked;
