package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stack says when it is ready; also what {@code up -o json} prints.
 *
 * @param temporal address of the Temporal server
 * @param temporalKind {@code dev} and {@code embedded} are ours, {@code server} is somebody's
 * @param ui address of the Web UI, if there is one
 * @param namespace to use
 * @param parents names of the parents
 * @param dataFolder where everything lives
 * @param logFile the worker's log
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StackReady(
    String temporal,
    String temporalKind,
    @Nullable String ui,
    String namespace,
    List<String> parents,
    String dataFolder,
    String logFile) {

  boolean temporalIsOurs() {
    return !temporalKind.equals("server");
  }
}
