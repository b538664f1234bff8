package dev.offshoot.activity;

import dev.offshoot.domain.ParentView;
import dev.offshoot.domain.RefreshReport;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parents and the copies that branches are made of. */
@ActivityInterface
public interface ParentActivities {

  /** The parents that the worker knows, or the one that is named, as they are now. */
  @ActivityMethod
  List<ParentView> viewParents(ViewParents request);

  /**
   * Makes a parent's source copy anew. Leaves the old one in place if it fails; a second call makes
   * it once more.
   */
  @ActivityMethod
  RefreshReport refreshSource(RefreshSource request);

  /** Makes it anew if it is as old as the configuration lets it become. */
  @ActivityMethod
  NextRefresh refreshIfDue(RefreshSource request);

  /**
   * @param parent which; absent for all
   */
  record ViewParents(@Nullable String parent) {}

  /**
   * @param parent whose copy
   */
  record RefreshSource(String parent) {}

  /**
   * @param in when to look again; absent if the copy is not made anew by itself any more
   */
  record NextRefresh(@Nullable Duration in) {}
}
