package dev.offshoot.client;

/**
 * Keys of the memo that a client may give an experiment at its start, so that lists can show what
 * no search attribute holds. Clients in other languages may leave it out.
 */
public final class ExperimentMemo {
  public static final String GOAL = "offshootGoal";
  public static final String REQUESTED_BY = "offshootRequestedBy";

  private ExperimentMemo() {}
}
