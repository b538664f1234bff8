package dev.offshoot.worker;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.langchain4j.model.chat.ChatModel;
import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.worker.codec.CodecCallers;
import dev.offshoot.worker.codec.CodecEndpoint;
import dev.offshoot.worker.janitor.BranchSweep;
import dev.offshoot.worker.janitor.Janitor;
import dev.offshoot.worker.janitor.JanitorSteps;
import dev.offshoot.worker.janitor.LostEndings;
import dev.offshoot.worker.observe.LedgerHealthIndicator;
import dev.offshoot.worker.observe.ParentsHealthIndicator;
import dev.offshoot.worker.observe.StepObserver;
import dev.offshoot.worker.observe.TemporalHealthIndicator;
import dev.offshoot.worker.observe.WorkerState;
import dev.offshoot.worker.settings.CodecEndpointSettings;
import dev.offshoot.worker.settings.WorkSettings;
import dev.offshoot.worker.settings.WorkerSettings;
import dev.offshoot.worker.temporal.EndedSessions;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import dev.offshoot.worker.temporal.UnreadableInput;
import dev.offshoot.worker.temporal.WorkflowOwners;
import dev.offshoot.workflow.OffshootDataConverter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.spring.boot.TemporalOptionsCustomizer;
import io.temporal.spring.boot.autoconfigure.template.WorkersTemplate;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Spring's part of the worker: Temporal by its starter, health, and the runner that brings it to
 * polling. Where things are ({@link Backends}) and the settings are put into the context by {@link
 * WorkerApplication}.
 */
@Configuration(proxyBeanMethods = false)
class WorkerConfiguration {
  /**
   * Steps report every 2 s; the SDK would hold reports back for 80 % of the heartbeat timeout,
   * which leaves too little room for a busy machine.
   */
  private static final Duration HEARTBEAT_HELD_BACK = Duration.ofSeconds(2);

  @Bean
  TemporalTarget temporalTarget(Backends backends) {
    return backends.temporal();
  }

  @Bean
  Rooms rooms(Backends backends, ObjectProvider<ChatModel> ownModel) {
    return backends.rooms(ownModel.getIfAvailable());
  }

  /** How busy the ledger's pool is. */
  @Bean
  MeterBinder ledgerPool(Rooms rooms) {
    return meters -> {
      if (rooms.ledger() instanceof HikariDataSource pool) {
        pool.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(meters));
      }
    };
  }

  @Bean
  DataConverter dataConverter(WorkerSettings settings) {
    return OffshootDataConverter.with(settings.encryption().codec());
  }

  /** Answers nothing, as if it were not there, unless it is wanted. */
  @Bean
  @ConditionalOnBooleanProperty("offshoot.codec-endpoint.enabled")
  ServletRegistrationBean<CodecEndpoint> codecEndpoint(WorkerSettings settings) {
    // What the UI shows beside encrypted payloads may be plain, whatever the worker takes itself.
    EncryptionCodec codec = settings.encryption().codec().acceptingPlain();
    CodecEndpointSettings endpoint = settings.codecEndpoint();
    return new ServletRegistrationBean<>(
        new CodecEndpoint(codec, new CodecCallers(endpoint.origins(), endpoint.revealToken())),
        CodecEndpoint.paths());
  }

  /** The starter's own connection properties know no profiles and no authority's certificates. */
  @Bean
  TemporalOptionsCustomizer<WorkflowServiceStubsOptions.Builder> temporalConnection(
      TemporalTarget target) {
    return starters -> {
      WorkflowServiceStubsOptions.Builder ours =
          WorkflowServiceStubsOptions.newBuilder(target.options());
      ours.setMetricsScope(starters.build().getMetricsScope());
      return ours;
    };
  }

  @Bean
  TemporalOptionsCustomizer<WorkflowClientOptions.Builder> temporalClient(TemporalTarget target) {
    return options -> options.setNamespace(target.namespace()).setIdentity(identity());
  }

  private static String identity() {
    try {
      return "offshoot-worker %d@%s"
          .formatted(ProcessHandle.current().pid(), InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return "offshoot-worker %d".formatted(ProcessHandle.current().pid());
    }
  }

  @Bean
  TemporalOptionsCustomizer<WorkerOptions.Builder> workerOptions(
      WorkerSettings settings, TemporalTarget target) {
    WorkSettings work = settings.worker();
    return options -> {
      options
          .setMaxConcurrentActivityExecutionSize(work.maxConcurrentActivities())
          .setMaxConcurrentWorkflowTaskExecutionSize(work.maxConcurrentWorkflowTasks())
          .setMaxHeartbeatThrottleInterval(HEARTBEAT_HELD_BACK)
          // Otherwise a step hears of the shutdown at its next heartbeat and gives up.
          .setAllowActivityHeartbeatDuringShutdown(true);
      WorkerDeploymentOptions deployment = work.deployment().options();
      if (deployment != null) {
        options.setDeploymentOptions(deployment);
      }
      if (target.embedded()) {
        // It hands a task of a gone worker's sticky queue to nobody else, so have no sticky queue.
        options.setStickyQueueScheduleToStartTimeout(Duration.ZERO);
      }
      return options;
    };
  }

  /**
   * What ends a workflow instead of failing its task again and again: our own exceptions, and an
   * input that is not of the right form.
   */
  @Bean
  WorkflowImplementationOptions workflowOptions() {
    return WorkflowImplementationOptions.newBuilder()
        .setFailWorkflowExceptionTypes(OffshootException.class, DataConverterException.class)
        .build();
  }

  @Bean
  WorkerInterceptor stepObserver(MeterRegistry meters) {
    return new StepObserver(meters);
  }

  @Bean
  WorkerInterceptor unreadableInput() {
    return new UnreadableInput();
  }

  @Bean
  TemporalServer temporalServer(TemporalTarget target, WorkflowServiceStubs stubs) {
    return new TemporalServer(target, stubs);
  }

  @Bean
  WorkflowOwners workflowOwners(TemporalTarget target, WorkflowServiceStubs stubs) {
    return new WorkflowOwners(target, stubs);
  }

  @Bean
  Janitor janitor(
      Rooms rooms,
      WorkflowOwners owners,
      Backends backends,
      WorkerSettings settings,
      MeterRegistry meters,
      ObjectProvider<WorkersTemplate> workers) {
    EndedSessions sessions =
        new EndedSessions(() -> workers.getObject().getWorkerFactory().getWorkflowClient());
    Duration grace = backends.temporalIsOurs() ? Duration.ZERO : settings.worker().orphanGrace();
    Clock clock = Clock.systemUTC();
    return new Janitor(
        new BranchSweep(rooms.registry(), rooms.parents(), owners, grace, clock),
        new LostEndings(rooms.audits(), rooms.parents(), owners, sessions::sent, grace, clock),
        rooms.audits(),
        settings.auditKeptFor(),
        clock,
        meters);
  }

  @Bean
  JanitorSteps janitorSteps(Janitor janitor, Rooms rooms, WorkflowOwners owners) {
    return new JanitorSteps(janitor, rooms.registry(), rooms.parents(), owners);
  }

  @Bean
  WorkerState workerState() {
    return new WorkerState();
  }

  @Bean
  @Lazy(false)
  WorkerRunner workerRunner(
      ObjectProvider<Rooms> rooms,
      ObjectProvider<TemporalServer> server,
      ObjectProvider<WorkersTemplate> workers,
      ObjectProvider<Janitor> janitor,
      ObjectProvider<JanitorSteps> janitorSteps,
      ObjectProvider<TemporalTarget> target,
      WorkerSettings settings,
      WorkflowImplementationOptions workflowOptions,
      WorkerState state,
      WorkerRunner.Outcome outcome) {
    return new WorkerRunner(
        rooms,
        server,
        workers,
        janitor,
        janitorSteps,
        target,
        settings,
        workflowOptions,
        state,
        outcome);
  }

  @Bean
  HealthIndicator temporalHealthIndicator(
      TemporalTarget target, TemporalServer server, WorkerState state) {
    return new TemporalHealthIndicator(target, server, state);
  }

  @Bean
  HealthIndicator ledgerHealthIndicator(Rooms rooms) {
    return new LedgerHealthIndicator(rooms.ledger());
  }

  @Bean
  HealthIndicator parentsHealthIndicator(Rooms rooms) {
    return new ParentsHealthIndicator(rooms.parents());
  }
}
