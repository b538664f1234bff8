package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An experiment in a list; as JSON one element of {@code list -o json}.
 *
 * @param id its id
 * @param state its outcome; while it has none the stage as the list knows it; {@code TERMINATED} if
 *     it was ended from outside
 * @param parent the parent's name
 * @param tenant on whose behalf
 * @param goal what the task is, where the starting client said it
 * @param requestedBy who asked, where the starting client said it
 * @param hazards of its change set, where the server lists them
 * @param digest of its change set, where the server lists it
 * @param startedAt when
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ListedExperiment(
    String id,
    String state,
    @Nullable String parent,
    @Nullable String tenant,
    @Nullable String goal,
    @Nullable String requestedBy,
    List<String> hazards,
    @Nullable String digest,
    Instant startedAt) {}
