package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of an experiment's audit.
 *
 * @param event number of the event in the workflow's history
 * @param at when, by the Temporal server's clock
 * @param who who did it: a client's identity, a worker's, or {@code temporal} for timers
 * @param what a word from a closed list, like {@code started}, {@code merge done}
 * @param detail what came of it, safe to show
 * @param digest the change set that it is about
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditEntry(
    long event, Instant at, String who, String what, String detail, @Nullable String digest) {}
