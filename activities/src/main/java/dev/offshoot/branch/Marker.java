package dev.offshoot.branch;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.SourceInfo;
import dev.offshoot.sql.SequenceBlock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What we write, as JSON, into the comment of every database and role that we make, so that they
 * are known as ours whatever the ledger says. Everybody on the server can read it.
 *
 * @param offshoot version of this form
 * @param experiment id of the owner
 * @param attempt which branch of it
 * @param parent name of the parent
 * @param lease deadline for which it was first made; tells one making from another
 * @param deadline when the lease ends now
 * @param made how it was made; absent while it is unfinished
 * @param fencedSince on a role only: since when the making of its branch shuts everybody out of
 *     what it copies; absent when it does not
 */
record Marker(
    int offshoot,
    String experiment,
    int attempt,
    String parent,
    Instant lease,
    Instant deadline,
    @Nullable Made made,
    @Nullable Instant fencedSince) {

  /**
   * @param branchPoint when the parent was copied
   * @param createMillis time that base and branch took; 0 on the base
   * @param copyMethod as the server calls it
   * @param parentBytes size of what was copied
   * @param outageMillis time for which everybody was shut out of it; absent if nobody was
   * @param source the source copy that it was made of; absent if that was the parent
   * @param blocks on a base only: values of the parent's sequences that are reserved for the branch
   */
  record Made(
      Instant branchPoint,
      long createMillis,
      String copyMethod,
      long parentBytes,
      @Nullable Long outageMillis,
      @Nullable SourceInfo source,
      @Nullable List<SequenceBlock> blocks) {

    Made in(long millis) {
      return new Made(branchPoint, millis, copyMethod, parentBytes, outageMillis, source, null);
    }

    Made with(List<SequenceBlock> reserved) {
      return new Made(
          branchPoint, createMillis, copyMethod, parentBytes, outageMillis, source, reserved);
    }
  }

  static Marker unfinished(BranchRef ref, Instant deadline) {
    return new Marker(
        1, ref.experimentId().value(), ref.attempt(), ref.parent(), deadline, deadline, null, null);
  }

  Marker finished(Made how) {
    return new Marker(offshoot, experiment, attempt, parent, lease, deadline, how, fencedSince);
  }

  Marker until(Instant newDeadline) {
    return new Marker(offshoot, experiment, attempt, parent, lease, newDeadline, made, fencedSince);
  }

  Marker fenced(@Nullable Instant since) {
    return new Marker(offshoot, experiment, attempt, parent, lease, deadline, made, since);
  }

  /** Whether both mark the same making of the same branch. */
  boolean isOfTheSameMaking(Marker other) {
    return experiment.equals(other.experiment)
        && attempt == other.attempt
        && parent.equals(other.parent)
        && lease.equals(other.lease);
  }

  BranchRef ref() {
    return new BranchRef(new ExperimentId(experiment), attempt, parent);
  }

  String toJson() {
    try {
      return OffshootJson.mapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a marker that is no JSON", e);
    }
  }

  /** The marker in a comment; empty for a comment of somebody else's. */
  static Optional<Marker> parse(@Nullable String comment) {
    if (comment == null || !comment.startsWith("{\"offshoot\":")) {
      return Optional.empty();
    }
    try {
      Marker marker = OffshootJson.mapper().readValue(comment, Marker.class);
      return marker.stillHolds() ? Optional.of(marker) : Optional.empty();
    } catch (JsonProcessingException | OffshootException e) {
      // Somebody edited the comment: what it marks is not ours any more.
      return Optional.empty();
    }
  }

  @SuppressWarnings("ConstantValue") // a hand-edited comment may lack any field
  private boolean stillHolds() {
    return experiment != null && parent != null && lease != null && deadline != null;
  }
}
