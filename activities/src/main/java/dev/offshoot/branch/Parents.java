package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The configured parents by name. Immutable and thread-safe. */
public final class Parents {

  /**
   * A parent and the home of its branches.
   *
   * @param config as configured
   * @param provider where its branches live
   */
  public record Parent(ParentConfig config, BranchProvider provider) {}

  private final Map<String, Parent> byName;

  public Parents(Collection<Parent> parents) {
    this.byName =
        parents.stream()
            .collect(
                Collectors.toMap(
                    parent -> parent.config().name(), p -> p, (a, b) -> a, TreeMap::new));
  }

  /**
   * @throws OffshootException {@link ErrorCode#UNKNOWN_PARENT} with the names there are
   */
  public Parent get(String name) {
    Parent parent = byName.get(name);
    if (parent == null) {
      throw new OffshootException(
          ErrorCode.UNKNOWN_PARENT,
          "parent: the worker knows no '%s'; it knows %s. Use one of these or configure it as parents.<name>"
              .formatted(
                  ShownText.oneLine(name, 60),
                  byName.isEmpty() ? "none" : String.join(", ", byName.keySet())));
    }
    return parent;
  }

  public Collection<Parent> all() {
    return byName.values();
  }
}
