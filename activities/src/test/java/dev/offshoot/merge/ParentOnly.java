package dev.offshoot.merge;

import dev.offshoot.branch.BranchProvider;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.domain.BranchInfo;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ConnectAnswer;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.ParentView;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A home of no branches: all that a merge needs is the parent. */
class ParentOnly implements BranchProvider {
  private final ParentConfig config;

  ParentOnly(ParentConfig config) {
    this.config = config;
  }

  @Override
  public Connection openParent() {
    try {
      return SessionSettings.open(
          config.url(), config.username(), config.password(), config.name());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String kind() {
    return "parent only";
  }

  @Override
  public void requireFit() {
    throw new UnsupportedOperationException();
  }

  @Override
  public BranchInfo create(
      BranchRef ref, @Nullable BranchRef stem, Instant deadline, Progress progress) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BranchInfo createStem(BranchRef stem, Instant deadline, Progress progress) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Connection openForExperiment(BranchRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void endSessions(BranchRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void endExperiment(BranchRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Connection openBranchForReading(BranchRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Connection openBaseForReading(BranchRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void extend(BranchRef ref, Instant deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drop(BranchRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<BranchRef> standing() {
    return List.of();
  }

  @Override
  public ParentView view() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<HealthFinding> examine() {
    return List.of();
  }

  @Override
  public ConnectAnswer openConnection(BranchRef ref, String verifier) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void closeConnection(BranchRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ConnectionUse connectionUse(BranchRef ref) {
    throw new UnsupportedOperationException();
  }
}
