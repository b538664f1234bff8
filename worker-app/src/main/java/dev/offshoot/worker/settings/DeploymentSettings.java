package dev.offshoot.worker.settings;

import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.worker.WorkerDeploymentOptions;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Temporal's Worker Deployment Versioning: which build this worker is, so that an old and a new one
 * can run side by side. Off without a name.
 *
 * @param name of the deployment, the same for all builds
 * @param buildId of this build
 * @param behavior what becomes of experiments that began with another build
 */
public record DeploymentSettings(
    @Nullable String name, @Nullable String buildId, @DefaultValue("PINNED") Behavior behavior) {

  /** What becomes of an experiment when there is a newer build. */
  public enum Behavior {
    /** It ends with the build that it began with, which must run as long. */
    PINNED,
    /** It goes on with the newer one. */
    AUTO_UPGRADE
  }

  /** What Temporal takes: the dot stands between name and build. */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.+-]{0,127}");

  /** None. */
  public static final DeploymentSettings NONE = new DeploymentSettings(null, null, Behavior.PINNED);

  void check(String prefix, Problems problems) {
    if ((name == null) != (buildId == null)) {
      problems.add(
          prefix + (name == null ? ".name" : ".build-id"),
          "name and build belong together",
          "Set both %1$s.name and %1$s.build-id, or neither.".formatted(prefix));
    }
    form(prefix + ".name", name, name != null && name.contains("."), problems);
    form(prefix + ".build-id", buildId, false, problems);
  }

  private static void form(String key, @Nullable String value, boolean hasDot, Problems problems) {
    if (value != null && (hasDot || !FORM.matcher(value).matches())) {
      problems.add(
          key,
          "it has characters that Temporal does not take",
          "Use up to 128 letters, digits, hyphens and underscores.");
    }
  }

  /** As the SDK wants it; nothing where there is no versioning. */
  public @Nullable WorkerDeploymentOptions options() {
    if (name == null || buildId == null) {
      return null;
    }
    return WorkerDeploymentOptions.newBuilder()
        .setUseVersioning(true)
        .setVersion(new WorkerDeploymentVersion(name, buildId))
        .setDefaultVersioningBehavior(
            switch (behavior) {
              case PINNED -> VersioningBehavior.PINNED;
              case AUTO_UPGRADE -> VersioningBehavior.AUTO_UPGRADE;
            })
        .build();
  }
}
