package dev.offshoot.hostile;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.domain.ShownText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** All that the worker told of an attack: reports, errors with their causes, and its log. */
final class Told implements AutoCloseable {
  private final List<String> texts = new CopyOnWriteArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Logger log = (Logger) LoggerFactory.getLogger("dev.offshoot");
  private final Listening listening = new Listening();

  private Told() {}

  /** Listens to the log until it is closed. */
  static Told listen() {
    Told told = new Told();
    told.listening.setContext(told.log.getLoggerContext());
    told.listening.start();
    told.log.setLevel(Level.DEBUG);
    told.log.setAdditive(false);
    told.log.addAppender(told.listening);
    return told;
  }

  /** Something that goes into history. */
  void value(Object value) {
    texts.add(json(value).toString());
  }

  /** The same where nothing may hide from a reader: what an experiment's review consists of. */
  void shown(String what, Object value) {
    value(value);
    strings(json(value)).forEach(text -> line(what, text));
  }

  /** A line that somebody reads as it is. */
  void line(String what, String text) {
    texts.add(text);
    if (text.codePoints().anyMatch(c -> c != '\n' && c != '\t' && ShownText.isHidden(c))) {
      problems.add(what + " hides characters: " + ShownText.oneLine(text, 200));
    }
  }

  void error(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    texts.add(trace.toString());
  }

  /** Whether it is told anywhere. */
  boolean has(Pattern pattern) {
    return texts.stream().anyMatch(text -> pattern.matcher(text).find());
  }

  /** Which of the secrets were told, and what was hidden in text for people. */
  List<String> problems(List<String> secrets) {
    List<String> all = new ArrayList<>(problems);
    for (String text : texts) {
      secrets.stream()
          .filter(text::contains)
          .forEach(
              secret -> {
                int at = text.indexOf(secret);
                String around =
                    text.substring(
                        Math.max(0, at - 100), Math.min(text.length(), at + secret.length() + 30));
                all.add("a secret is told (%s): %s".formatted(secret, around));
              });
    }
    return all;
  }

  private static JsonNode json(Object value) {
    try {
      return OffshootJson.mapper().readTree(OffshootJson.mapper().writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> strings(JsonNode node) {
    List<String> strings = new ArrayList<>();
    if (node.isTextual()) {
      strings.add(node.textValue());
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              strings.add(name);
              strings.addAll(strings(node.get(name)));
            });
    if (node.isArray()) {
      node.forEach(each -> strings.addAll(strings(each)));
    }
    return strings;
  }

  @Override
  public void close() {
    log.detachAppender(listening);
    log.setAdditive(true);
    log.setLevel(null);
  }

  private final class Listening extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      texts.add(event.getFormattedMessage());
      for (IThrowableProxy cause = event.getThrowableProxy();
          cause != null;
          cause = cause.getCause()) {
        texts.add(cause.getClassName() + ": " + cause.getMessage());
      }
    }
  }
}
