package dev.offshoot.worker.crash;

import dev.offshoot.step.StepListener;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * In the worker's process: at every point of every step it asks the test whether to go on. Points
 * are where a step begins, whatever it reports on its way, and where it is done but nobody knows
 * yet. Put into the worker by {@code spring.main.sources}, so that the worker itself is the one
 * that people run.
 */
@Configuration(proxyBeanMethods = false)
public class CrashPoints {
  /** Environment variable with the port where the test listens. */
  static final String PORT = "OFFSHOOT_TEST_CRASH_POINTS";

  /** Well below the time after which a silent worker is taken for dead. */
  private static final int BEAT_MILLIS = 1_000;

  @Bean
  WorkerInterceptor crashPointInterceptor() {
    int port = Integer.parseInt(System.getenv(PORT));
    return new WorkerInterceptorBase() {
      @Override
      public ActivityInboundCallsInterceptor interceptActivity(
          ActivityInboundCallsInterceptor next) {
        return new Asking(next, port);
      }
    };
  }

  private static final class Asking extends ActivityInboundCallsInterceptorBase {
    private final int port;
    private @Nullable ActivityExecutionContext context;

    Asking(ActivityInboundCallsInterceptor next, int port) {
      super(next);
      this.port = port;
    }

    @Override
    public void init(ActivityExecutionContext real) {
      context = real;
      super.init(
          (ActivityExecutionContext)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {ActivityExecutionContext.class, StepListener.class},
                  (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == StepListener.class) {
                      ask(String.valueOf(arguments[0]));
                      return null;
                    }
                    try {
                      return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }));
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      ask("begins");
      ActivityOutput output = super.execute(input);
      ask("is done");
      return output;
    }

    private void ask(String what) {
      ActivityExecutionContext step = Objects.requireNonNull(context, "initialised");
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(BEAT_MILLIS);
        String question =
            "%s\t%s %s\n"
                .formatted(
                    step.getInfo().getWorkflowId(),
                    step.getInfo().getActivityType(),
                    what.replaceAll("\\s+", " "));
        socket.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
        BufferedReader answer =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        while (true) {
          try {
            answer.readLine();
            return;
          } catch (SocketTimeoutException e) {
            // It stands here until it is killed, and is not to be taken for dead before.
            step.heartbeat("waits to be killed");
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
