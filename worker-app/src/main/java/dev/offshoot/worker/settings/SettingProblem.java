package dev.offshoot.worker.settings;

/**
 * One thing that is wrong with the configuration.
 *
 * @param key the property
 * @param problem what is wrong with it; never its value where that may be secret
 * @param remedy what to do
 */
public record SettingProblem(String key, String problem, String remedy) {
  @Override
  public String toString() {
    return key + ": " + problem + ". " + remedy;
  }
}
