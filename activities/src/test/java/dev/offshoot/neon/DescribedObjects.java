package dev.offshoot.neon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.offshoot.domain.OffshootJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a fake Neon answers with, with everything that the description requires. */
final class DescribedObjects {
  private DescribedObjects() {}

  static ObjectNode branch(
      String id,
      String name,
      @Nullable String parent,
      @Nullable String lsn,
      @Nullable String expiresAt) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode branch =
        object()
            .put("id", id)
            .put("project_id", FakeNeon.PROJECT)
            .put("name", name)
            .put("current_state", "ready")
            .put("state_changed_at", now)
            .put("logical_size", 30_000_000)
            .put("creation_source", "console")
            .put("default", parent == null)
            .put("protected", false)
            .put("cpu_used_sec", 0)
            .put("compute_time_seconds", 0)
            .put("active_time_seconds", 0)
            .put("written_data_bytes", 0)
            .put("data_transfer_bytes", 0)
            .put("created_at", now)
            .put("updated_at", now);
    if (parent != null) {
      branch.put("parent_id", parent).put("parent_lsn", lsn);
    }
    if (expiresAt != null) {
      branch.put("expires_at", expiresAt);
    }
    return branch;
  }

  static ObjectNode operation(String branch, String action, String status) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return object()
        .put("id", UUID.randomUUID().toString())
        .put("project_id", FakeNeon.PROJECT)
        .put("branch_id", branch)
        .put("action", action)
        .put("status", status)
        .put("failures_count", 0)
        .put("created_at", now)
        .put("updated_at", now)
        .put("total_duration_ms", 100);
  }

  static ObjectNode endpoint(String branch, JsonNode wanted) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String id = "ep-of-" + branch;
    ObjectNode endpoint =
        object()
            .put("host", id + ".eu-central-1.aws.neon.tech")
            .put("id", id)
            .put("project_id", FakeNeon.PROJECT)
            .put("branch_id", branch)
            .put("region_id", "aws-eu-central-1")
            .put("type", wanted.path("type").asText())
            .put("current_state", "init")
            .put("pooler_enabled", false)
            .put("pooler_mode", "transaction")
            .put("disabled", false)
            .put("passwordless_access", true)
            .put("creation_source", "console")
            .put("created_at", now)
            .put("updated_at", now)
            .put("proxy_host", "eu-central-1.aws.neon.tech")
            .put("provisioner", "k8s-neonvm");
    endpoint.set("autoscaling_limit_min_cu", wanted.path("autoscaling_limit_min_cu"));
    endpoint.set("autoscaling_limit_max_cu", wanted.path("autoscaling_limit_max_cu"));
    endpoint.set("suspend_timeout_seconds", wanted.path("suspend_timeout_seconds"));
    endpoint.putObject("settings");
    return endpoint;
  }

  static ObjectNode project() {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return object()
        .put("id", FakeNeon.PROJECT)
        .put("name", "shiny-wind")
        .put("platform_id", "aws")
        .put("region_id", "aws-eu-central-1")
        .put("provisioner", "k8s-neonvm")
        .put("pg_version", 17)
        .put("proxy_host", "eu-central-1.aws.neon.tech")
        .put("branch_logical_size_limit", 512)
        .put("branch_logical_size_limit_bytes", 536_870_912)
        .put("store_passwords", true)
        .put("creation_source", "console")
        .put("history_retention_seconds", 86_400)
        .put("created_at", now)
        .put("updated_at", now)
        .put("consumption_period_start", now)
        .put("consumption_period_end", now)
        .put("owner_id", "owner")
        .put("active_time_seconds", 0)
        .put("compute_time_seconds", 0)
        .put("cpu_used_sec", 0)
        .put("written_data_bytes", 0)
        .put("data_transfer_bytes", 0)
        .put("data_storage_bytes_hour", 0);
  }

  private static ObjectNode object() {
    return OffshootJson.mapper().createObjectNode();
  }
}
