package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.offshoot.activity.JudgeActivities.JudgeRequest;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentReport;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Verdict;
import dev.offshoot.judge.Judge;
import dev.offshoot.judge.NoJudge;
import dev.offshoot.worker.settings.JudgeSettings;
import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.settings.SettingsReader;
import dev.offshoot.worker.temporal.TemporalTarget;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Which judge the settings make. */
class JudgesTest {
  private static final ChatModel MINE =
      new ChatModel() {
        @Override
        public ChatResponse doChat(ChatRequest request) {
          return ChatResponse.builder()
              .aiMessage(
                  AiMessage.from(
                      """
                      {"verdict": "REJECT", "confidence": 1, "questions": [],
                       "reasons": [{"text": "as I say", "statement": 0, "table": ""}]}
                      """))
              .finishReason(FinishReason.STOP)
              .build();
        }
      };

  @Test
  void withoutAModel_nobodyJudges() {
    assertThat(Judges.of(settings(Map.of()), MINE)).isInstanceOf(NoJudge.class);
  }

  @Test
  void modelThatAJarContributes_isAsked_withTheLimitsOfTheSettings() {
    Judge judge = Judges.of(settings(bean()), MINE);

    Verdict verdict = judge.verdict(request(), List.of(), Set.of());

    assertThat(verdict.opinion()).isEqualTo(Verdict.Opinion.REJECT);
    assertThat(verdict.by()).isEqualTo("mine");
    assertThat(judge.examine().finding()).contains("model mine (OWN) answers");
  }

  @Test
  void beanThatIsWanted_andNotThere_isToldWithTheRemedy() {
    assertThatThrownBy(() -> Judges.of(settings(bean()), null))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("offshoot.judge.provider: it is BEAN, and there is no bean of type")
        .hasMessageContaining("docs/judge.md");
  }

  @Test
  void beanOfTheContext_reachesTheRooms() {
    AtomicReference<@Nullable ChatModel> given = new AtomicReference<>();
    Backends backends =
        new Backends() {
          @Override
          public TemporalTarget temporal() {
            throw new AssertionError("not asked for");
          }

          @Override
          public boolean temporalIsOurs() {
            return true;
          }

          @Override
          public @Nullable Rooms rooms(@Nullable ChatModel ownModel) {
            given.set(ownModel);
            return null;
          }
        };
    StaticListableBeanFactory beans = new StaticListableBeanFactory(Map.of("mine", MINE));

    var unused = new WorkerConfiguration().rooms(backends, beans.getBeanProvider(ChatModel.class));

    assertThat(given.get()).isSameAs(MINE);
  }

  private static Map<String, Object> bean() {
    return Map.of("offshoot.judge.provider", "BEAN", "offshoot.judge.model", "mine");
  }

  private static JudgeSettings settings(Map<String, Object> keys) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", keys));
    ConfigurationPropertySources.attach(environment);
    return SettingsReader.readJudge(environment);
  }

  private static JudgeRequest request() {
    return new JudgeRequest(
        ExperimentSpec.builder()
            .goal("look")
            .parent("shop")
            .requestedBy("agent")
            .statement("SELECT 1")
            .build(),
        new ExperimentReport(List.of(), List.of(), List.of(), List.of(), 1),
        new ChangeSummary("abc", List.of(), 0, List.of(), List.of(), List.of(), List.of(), 1),
        0);
  }
}
