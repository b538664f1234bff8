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
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.ModelUse;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.ShownText;
import dev.offshoot.domain.Verdict;
import dev.offshoot.domain.Verdict.Opinion;
import dev.offshoot.domain.Verdict.Reason;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a language model, which has no tools and can only withhold. Whatever is late, malformed,
 * refused, cut off, too large or doubtful is an abstention, and a person decides. Thread-safe.
 *
 * <p>A server that is not there or too busy is {@link ErrorCode#JUDGE_UNREACHABLE}: the step is
 * tried again, and in the end abstains.
 */
public final class ModelJudge implements Judge {
  private static final Logger LOG = LoggerFactory.getLogger(ModelJudge.class);
  private static final int SHOWN_NAME = 100;
  private static final Set<Integer> FORM_REFUSED = Set.of(400, 422, 500, 501);

  /** A token is rarely shorter; so this errs towards too many. */
  private static final int CHARACTERS_PER_TOKEN = 2;

  private final JudgeConfig config;
  private final ChatModel model;
  private final SecureRandom random = new SecureRandom();

  /** The form that this server took; every later question begins with it. */
  private final AtomicReference<@Nullable ResponseForm> taken = new AtomicReference<>();

  public ModelJudge(JudgeConfig config) {
    this(config, ChatModels.of(config));
  }

  /** For a model of one's own. */
  public ModelJudge(JudgeConfig config, ChatModel model) {
    this.config = config;
    this.model = model;
  }

  /** Which form of answer the server took, once it has given one since this worker began. */
  @Override
  public HealthFinding examine() {
    @Nullable ResponseForm form = taken.get();
    return new HealthFinding(
        "judge",
        HealthFinding.Level.OK,
        form == null
            ? "model %s (%s) has given no answer to this worker yet"
                .formatted(name(), config.protocol())
            : "model %s (%s) answers; its server takes the form %s"
                .formatted(name(), config.protocol(), form),
        "");
  }

  @Override
  public Verdict verdict(JudgeRequest request, List<HazardFinding> hazards, Set<String> masked) {
    @Nullable String needless = whyNotAsk(hazards);
    if (needless != null) {
      return abstention(needless, null);
    }
    Briefing briefing =
        Briefing.of(request, hazards, new Shown(config.includeRowValues(), masked), nonce());
    if (briefing.characters() > config.maxPromptCharacters()) {
      return abstention(
          "the change set is too large to show to a model (%,d characters; judge.max-prompt-characters is %,d)"
              .formatted(briefing.characters(), config.maxPromptCharacters()),
          null);
    }
    long mayTake =
        briefing.characters() / CHARACTERS_PER_TOKEN
            + config.maxOutputTokens()
            + request.tokensUsed();
    if (mayTake > config.maxTokensPerExperiment()) {
      return abstention(
          "asking could take this experiment past %,d tokens (judge.max-tokens-per-experiment)"
              .formatted(config.maxTokensPerExperiment()),
          null);
    }
    return asked(briefing);
  }

  /** A person must look anyway, and what speaks to models is not shown to one. */
  private static @Nullable String whyNotAsk(List<HazardFinding> hazards) {
    for (HazardFinding finding : hazards) {
      if (finding.hazard() == Hazard.SUSPECT_INSTRUCTION) {
        return "something in it reads like instructions to a model, so none was asked";
      }
      if (finding.severity() == Severity.FORBIDDEN) {
        return "%s is forbidden here, so no model was asked".formatted(finding.hazard());
      }
    }
    return null;
  }

  private Verdict asked(Briefing briefing) {
    long start = System.nanoTime();
    ChatResponse response;
    try {
      response = ask(briefing);
    } catch (AuthenticationException e) {
      return abstention("the model's server refuses the configured key", null);
    } catch (ModelNotFoundException e) {
      return abstention("the model's server has no model of the configured name", null);
    } catch (ContentFilteredException e) {
      return abstention("the model's server filters the question", null);
    } catch (InvalidRequestException e) {
      return abstention("the model's server refuses the question", null);
    } catch (LangChain4jException e) {
      throw unreachable(e);
    } catch (RuntimeException e) {
      // A body that is no JSON, or not the JSON of this protocol, surfaces as anything; its
      // message may quote the body.
      LOG.warn("no answer of the judge's model that can be read: {}", e.getClass().getName());
      return abstention("the model's server gave no answer that can be read", null);
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    return verdict(briefing, response, millis);
  }

  private ChatResponse ask(Briefing briefing) {
    @Nullable ResponseForm known = taken.get();
    List<ResponseForm> forms = known == null ? config.responseForm().candidates() : List.of(known);
    for (int i = 0; ; i++) {
      ResponseForm form = forms.get(i);
      try {
        ChatResponse response =
            model.chat(
                ChatRequest.builder()
                    .messages(
                        SystemMessage.from(briefing.system()), UserMessage.from(briefing.user()))
                    .responseFormat(form.format())
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

  private Verdict verdict(Briefing briefing, ChatResponse response, long millis) {
    ModelUse use = use(briefing, response, millis);
    if (response.finishReason() != FinishReason.STOP) {
      return abstention("the model stopped before its answer was done", use);
    }
    @Nullable String text = response.aiMessage() == null ? null : response.aiMessage().text();
    if (text == null || text.isBlank()) {
      return abstention("the model said nothing", use);
    }
    ModelAnswer answer;
    try {
      answer = ModelAnswer.read(text, briefing.statements(), briefing.tables());
    } catch (ModelAnswer.Malformed e) {
      return abstention("the model's answer is malformed: " + e.getMessage(), use);
    }
    return weighed(answer, briefing, use);
  }

  /** An approval counts only without a doubt. */
  private Verdict weighed(ModelAnswer answer, Briefing briefing, ModelUse use) {
    @Nullable String doubt = answer.opinion() == Opinion.APPROVE ? doubt(answer, briefing) : null;
    List<Reason> reasons =
        doubt == null
            ? answer.reasons()
            : Stream.concat(Stream.of(Reason.of(doubt)), answer.reasons().stream()).toList();
    return new Verdict(
        doubt == null ? answer.opinion() : Opinion.ABSTAIN,
        name(),
        reasons,
        answer.confidence(),
        answer.questions(),
        use);
  }

  private @Nullable String doubt(ModelAnswer answer, Briefing briefing) {
    if (!briefing.complete()) {
      return "it would approve, but saw only part of the statements or schema changes";
    }
    if (!answer.questions().isEmpty()) {
      return "it would approve, but has questions";
    }
    if (answer.confidence() < config.minConfidence()) {
      return "it would approve, but is not sure enough (%s; judge.min-confidence is %s)"
          .formatted(answer.confidence(), config.minConfidence());
    }
    return null;
  }

  private ModelUse use(Briefing briefing, ChatResponse response, long millis) {
    @Nullable TokenUsage tokens = response.tokenUsage();
    return new ModelUse(
        ShownText.oneLine(
            Objects.requireNonNullElse(response.modelName(), config.model()), SHOWN_NAME),
        briefing.digest(),
        tokens == null ? null : tokens.inputTokenCount(),
        tokens == null ? null : tokens.outputTokenCount(),
        charged(briefing, tokens),
        millis,
        String.valueOf(response.finishReason()));
  }

  private long charged(Briefing briefing, @Nullable TokenUsage tokens) {
    return tokens == null || tokens.totalTokenCount() == null
        ? briefing.characters() / CHARACTERS_PER_TOKEN + config.maxOutputTokens()
        : tokens.totalTokenCount();
  }

  private Verdict abstention(String why, @Nullable ModelUse use) {
    return new Verdict(Opinion.ABSTAIN, name(), List.of(Reason.of(why)), null, List.of(), use);
  }

  private String name() {
    return ShownText.oneLine(config.model(), SHOWN_NAME);
  }

  private String nonce() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
