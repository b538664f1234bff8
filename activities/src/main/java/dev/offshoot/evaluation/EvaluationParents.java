package dev.offshoot.evaluation;

import dev.offshoot.branch.ParentConfig;
import org.jspecify.annotations.Nullable;

/** Makes the parents that labelled experiments branch from. */
@FunctionalInterface
public interface EvaluationParents {

  /**
   * A new database that its owner has filled with {@code setup}; the owner may make branches of it.
   *
   * @param superuserSetup what a superuser does to it after that; absent for nothing
   * @throws dev.offshoot.domain.OffshootException {@code SQL_ERROR} if the SQL fails
   */
  ParentConfig make(String setup, @Nullable String superuserSetup);
}
