package dev.offshoot.judge;

import dev.langchain4j.model.chat.ChatModel;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.activity.JudgeActivities.RankRequest;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.HazardFinding;
import dev.offshoot.domain.HealthFinding;
import dev.offshoot.domain.ModelUse;
import dev.offshoot.domain.Ranking;
import dev.offshoot.domain.Severity;
import dev.offshoot.domain.Verdict;
import dev.offshoot.domain.Verdict.Opinion;
import dev.offshoot.domain.Verdict.Reason;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks a language model, which has no tools and can only withhold. Whatever is late, malformed,
 * refused, cut off, too large or doubtful is an abstention, and a person decides. Thread-safe.
 *
 * <p>A server that is not there or too busy is {@link ErrorCode#JUDGE_UNREACHABLE}: the step is
 * tried again, and in the end abstains.
 */
public final class ModelJudge implements Judge {
  private final JudgeConfig config;
  private final ModelChat chat;
  private final ModelRanks ranks;

  public ModelJudge(JudgeConfig config) {
    this(config, ChatModels.of(config));
  }

  /** For a model of one's own. */
  public ModelJudge(JudgeConfig config, ChatModel model) {
    this.config = config;
    this.chat = new ModelChat(config, model);
    this.ranks = new ModelRanks(config, chat);
  }

  /** Which form of answer the server took, once it has given one since this worker began. */
  @Override
  public HealthFinding examine() {
    @Nullable ResponseForm form = chat.taken();
    return new HealthFinding(
        "judge",
        HealthFinding.Level.OK,
        form == null
            ? "model %s (%s) has given no answer to this worker yet"
                .formatted(chat.name(), config.protocol())
            : "model %s (%s) answers; its server takes the form %s"
                .formatted(chat.name(), config.protocol(), form),
        "");
  }

  @Override
  public Verdict verdict(JudgeRequest request, List<HazardFinding> hazards, Set<String> masked) {
    @Nullable String needless = whyNotAsk(hazards);
    if (needless != null) {
      return abstention(needless, null);
    }
    Briefing briefing =
        Briefing.of(
            request, hazards, new Shown(config.includeRowValues(), masked), FencedDocument.nonce());
    if (briefing.characters() > config.maxPromptCharacters()) {
      return abstention(
          "the change set is too large to show to a model (%,d characters; judge.max-prompt-characters is %,d)"
              .formatted(briefing.characters(), config.maxPromptCharacters()),
          null);
    }
    long mayTake = chat.mayTake(briefing.characters()) + request.tokensUsed();
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

  /** An approval counts only without a doubt. */
  private Verdict weighed(ModelAnswer answer, Briefing briefing, @Nullable ModelUse use) {
    @Nullable String doubt = answer.opinion() == Opinion.APPROVE ? doubt(answer, briefing) : null;
    List<Reason> reasons =
        doubt == null
            ? answer.reasons()
            : Stream.concat(Stream.of(Reason.of(doubt)), answer.reasons().stream()).toList();
    return new Verdict(
        doubt == null ? answer.opinion() : Opinion.ABSTAIN,
        chat.name(),
        reasons,
        answer.confidence(),
        answer.questions(),
        use);
  }

  private Verdict asked(Briefing briefing) {
    ModelChat.Reply reply = chat.ask(briefing.system(), briefing.user(), ModelAnswer.schema());
    @Nullable ModelUse use = chat.use(reply, briefing.digest(), briefing.characters());
    if (reply.text() == null) {
      return abstention(String.valueOf(reply.silence()), use);
    }
    ModelAnswer answer;
    try {
      answer = ModelAnswer.read(reply.text(), briefing.statements(), briefing.tables());
    } catch (StrictAnswer.Malformed e) {
      return abstention("the model's answer is malformed: " + e.getMessage(), use);
    }
    return weighed(answer, briefing, use);
  }

  @Override
  public Ranking rank(RankRequest request) {
    return ranks.rank(request);
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

  private Verdict abstention(String why, @Nullable ModelUse use) {
    return new Verdict(Opinion.ABSTAIN, chat.name(), List.of(Reason.of(why)), null, List.of(), use);
  }
}
