package dev.offshoot.codec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The key that encrypts, and all that decrypt. Immutable; its text holds no key. */
public final class EncryptionKeys {
  private final EncryptionKey current;
  private final Map<String, EncryptionKey> byId = new LinkedHashMap<>();

  /**
   * @param keys the first one encrypts, all decrypt
   * @throws IllegalArgumentException if there is none, or two have the same id
   */
  public EncryptionKeys(List<EncryptionKey> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("there is no key");
    }
    this.current = keys.get(0);
    for (EncryptionKey key : keys) {
      if (byId.put(key.id(), key) != null) {
        throw new IllegalArgumentException("two keys have the id '%s'".formatted(key.id()));
      }
    }
  }

  /** The one that encrypts. */
  public EncryptionKey current() {
    return current;
  }

  Optional<EncryptionKey> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  @Override
  public String toString() {
    return "keys " + byId.keySet();
  }
}
