package dev.offshoot.judge;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.ModelUse;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the configured model one question at a time, in the form of answer that its server takes.
 * Thread-safe.
 */
final class ModelChat {
  private static final Logger LOG = LoggerFactory.getLogger(ModelChat.class);
  private static final int SHOWN_NAME = 100;
  private static final Set<Integer> FORM_REFUSED = Set.of(400, 422, 500, 501);

  /** A token is rarely shorter; so this errs towards too many. */
  private static final int CHARACTERS_PER_TOKEN = 2;

  private final JudgeConfig config;
  private final ChatModel model;

  /** The form that this server took; every later question begins with it. */
  private final AtomicReference<@Nullable ResponseForm> taken = new AtomicReference<>();

  ModelChat(JudgeConfig config, ChatModel model) {
    this.config = config;
    this.model = model;
  }

  /**
   * What came of a question.
   *
   * @param text the answer; absent if there is none that can be used
   * @param silence why there is none
   * @param response as it came, if it came
   * @param millis how long it took
   */
  record Reply(
      @Nullable String text,
      @Nullable String silence,
      @Nullable ChatResponse response,
      long millis) {
    private static Reply none(String why) {
      return new Reply(null, why, null, 0);
    }
  }

  /** The model's name, for people. */
  String name() {
    return ShownText.oneLine(config.model(), SHOWN_NAME);
  }

  /** The form of answer that its server took; absent before it gave one. */
  @Nullable ResponseForm taken() {
    return taken.get();
  }

  /** Tokens that a question of so many characters may cost, with its answer. */
  long mayTake(long characters) {
    return characters / CHARACTERS_PER_TOKEN + config.maxOutputTokens();
  }

  /**
   * @param schema of the answer, where the server holds a model to one
   * @throws OffshootException {@code JUDGE_UNREACHABLE} if asking again may help
   */
  Reply ask(String system, String user, JsonSchema schema) {
    long start = System.nanoTime();
    ChatResponse response;
    try {
      response = send(system, user, schema);
    } catch (AuthenticationException e) {
      return Reply.none("the model's server refuses the configured key");
    } catch (ModelNotFoundException e) {
      return Reply.none("the model's server has no model of the configured name");
    } catch (ContentFilteredException e) {
      return Reply.none("the model's server filters the question");
    } catch (InvalidRequestException e) {
      return Reply.none("the model's server refuses the question");
    } catch (LangChain4jException e) {
      throw unreachable(e);
    } catch (RuntimeException e) {
      // A body that is no JSON, or not the JSON of this protocol, surfaces as anything; its
      // message may quote the body.
      LOG.warn("no answer of the judge's model that can be read: {}", e.getClass().getName());
      return Reply.none("the model's server gave no answer that can be read");
    }
    return read(response, (System.nanoTime() - start) / 1_000_000);
  }

  private static Reply read(ChatResponse response, long millis) {
    if (response.finishReason() != FinishReason.STOP) {
      return new Reply(null, "the model stopped before its answer was done", response, millis);
    }
    @Nullable String text = response.aiMessage() == null ? null : response.aiMessage().text();
    return text == null || text.isBlank()
        ? new Reply(null, "the model said nothing", response, millis)
        : new Reply(text, null, response, millis);
  }

  private ChatResponse send(String system, String user, JsonSchema schema) {
    @Nullable ResponseForm known = taken.get();
    List<ResponseForm> forms = known == null ? config.responseForm().candidates() : List.of(known);
    for (int i = 0; ; i++) {
      ResponseForm form = forms.get(i);
      try {
        ChatResponse response =
            model.chat(
                ChatRequest.builder()
                    .messages(SystemMessage.from(system), UserMessage.from(user))
                    .responseFormat(form.format(schema))
                    .build());
        taken.set(form);
        return response;
      } catch (InvalidRequestException | InternalServerException e) {
        if (i + 1 == forms.size() || !mayRefuseTheForm(e)) {
          throw e;
        }
      }
    }
  }

  /** Servers that do not know a form say so with 400 or 422 and, some, with 500. */
  private static boolean mayRefuseTheForm(LangChain4jException e) {
    return e.getCause() instanceof HttpException http && FORM_REFUSED.contains(http.statusCode());
  }

  private static OffshootException unreachable(LangChain4jException e) {
    return new OffshootException(
        ErrorCode.JUDGE_UNREACHABLE, "the judge's model does not answer (%s)".formatted(why(e)), e);
  }

  private static String why(LangChain4jException e) {
    if (e.getCause() instanceof HttpException http) {
      return "HTTP status " + http.statusCode();
    }
    return e instanceof ConnectionFailedException
        ? "the connection failed"
        : e.getClass().getSimpleName();
  }

  /**
   * What a reply took; absent if none came.
   *
   * @param digest of the question
   * @param characters of the question
   */
  @Nullable ModelUse use(Reply reply, String digest, long characters) {
    @Nullable ChatResponse response = reply.response();
    if (response == null) {
      return null;
    }
    @Nullable TokenUsage tokens = response.tokenUsage();
    return new ModelUse(
        ShownText.oneLine(
            Objects.requireNonNullElse(response.modelName(), config.model()), SHOWN_NAME),
        digest,
        tokens == null ? null : tokens.inputTokenCount(),
        tokens == null ? null : tokens.outputTokenCount(),
        tokens == null || tokens.totalTokenCount() == null
            ? mayTake(characters)
            : tokens.totalTokenCount(),
        reply.millis(),
        String.valueOf(response.finishReason()));
  }
}
