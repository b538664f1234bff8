package dev.offshoot.policy;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A turn of phrase that speaks to a model. Narrow on purpose: data may well say "approved",
 * "ignore" or "assistant", and a phrase that nobody has thought of is for the judge to withstand.
 *
 * @param kind what it does, to be told; never what it says
 * @param words how it is said
 */
record SuspectPhrase(String kind, Pattern words) {
  private static final String SETS_ASIDE = "sets instructions aside";

  private static final List<SuspectPhrase> ALL =
      List.of(
          of(
              SETS_ASIDE,
              "\\b(ignore|disregard|forget|override|bypass)\\b.{0,20}"
                  + "\\b(all|any|previous|prior|above|earlier|preceding|other|your|these|the)\\b.{0,20}"
                  + "\\b(instructions?|prompts?|guidelines?|rules)\\b"),
          of(
              "gives a model a role",
              "\\b(you are|you're|act as|pretend to be)\\b.{0,20}"
                  + "\\b(ai|llm|language model|assistant|chatgpt|claude|gemini|judge|reviewer)\\b"),
          of(
              "tells a judge what to say",
              "\\b(approve|accept|merge)\\b.{0,20}\\bth(is|e)\\b.{0,10}"
                  + "\\b(experiment|change ?set|migration|pull request)\\b"
                  + "|\\bverdict\\b.{0,20}\\bapproved?\\b"
                  + "|\\b(respond|reply|answer)\\b.{0,10}\\bwith\\b.{0,10}\\bapproved?\\b"),
          of(
              "claims that nobody need look",
              "\\bno (human|manual) (review|approval) (is )?(needed|required|necessary)\\b"),
          of(
              "asks to keep something from people",
              "\\b(do not|don't|never)\\b.{0,20}\\b(tell|mention|reveal|report|flag)\\b.{0,30}"
                  + "\\b(humans?|reviewers?|operators?|hazards?)\\b"),
          of(
              "imitates a model's framing",
              "<\\|[a-z ]{2,20}\\|>|\\[/?(INST|SYS)\\]|<</?SYS>>|</?(system|assistant|instructions?)>"
                  + "|\\bsystem prompt\\b|(^|\\n) *#{0,4} *(system|assistant) ?: ?\\S"),
          of(
              SETS_ASIDE, // German
              "\\b(ignorier|missacht|vergiss|vergesst|umgeh)\\w*.{0,40}"
                  + "(anweisung|instruktion|vorgabe|regel|prompt)"),
          of(
              SETS_ASIDE, // French
              "\\b(ignor|oubli|néglig)\\w*.{0,20}\\b(toutes|tous|les|ces|vos|tes|des|aux)\\b.{0,30}"
                  + "(instruction|consigne|règle|directive)"),
          of(
              SETS_ASIDE, // Spanish and Portuguese
              "\\b(ignor|olvid|descart|omit|esque[cç]|desconsider)\\w*.{0,20}"
                  + "\\b(todas|todos|las|los|as|os|tus|suas)\\b.{0,30}"
                  + "(instrucci|indicaci|reglas|directrices|instruç|regras|orientaç)"),
          of(
              SETS_ASIDE, // Italian
              "\\b(ignor|dimentic|trascur)\\w*.{0,20}\\b(tutte|tutti|le|gli|i|queste|tue)\\b.{0,30}"
                  + "(istruzion|regole|indicazion|direttive)"),
          of(
              SETS_ASIDE, // Dutch
              "\\b(negeer|vergeet)\\b.{0,40}(instructie|opdracht|regels|richtlijn)"),
          of(
              SETS_ASIDE, // Polish
              "\\b(zignoruj|ignoruj|pomiń|zapomnij)\\w*.{0,40}(instrukcj|polece|zasad|wytyczn)"),
          of(
              SETS_ASIDE, // Russian
              "\\b(про)?(игнорируй|забудь|отбрось)\\w*.{0,40}(инструкц|указан|правил)"),
          of(
              SETS_ASIDE, // Turkish
              "\\b(talimat|yönerge|kural)\\w*.{0,30}(yok say|görmezden|unut)"),
          of(
              SETS_ASIDE, // Arabic
              "(تجاهل|انس|تجاوز).{0,40}(التعليمات|الأوامر|القواعد|التوجيهات)"),
          of(
              SETS_ASIDE, // Hindi
              "(निर्देश|आदेश|नियम).{0,20}(अनदेखा|नज़रअंदाज़|भूल)"),
          of(
              SETS_ASIDE, // Chinese
              "(忽略|无视|無視|忘记|忘記|不要理会).{0,15}(指令|指示|说明|說明|规则|規則|提示)"),
          of(
              SETS_ASIDE, // Japanese
              "(指示|命令|ルール|規則|プロンプト).{0,12}(無視|忘れ)"),
          of(
              SETS_ASIDE, // Korean
              "(지시|명령|규칙|프롬프트).{0,12}(무시|잊)"));

  private static SuspectPhrase of(String kind, String words) {
    return new SuspectPhrase(
        kind,
        Pattern.compile(
            words,
            Pattern.CASE_INSENSITIVE
                | Pattern.UNICODE_CASE
                | Pattern.UNICODE_CHARACTER_CLASS
                | Pattern.DOTALL));
  }

  /** Kinds of those that {@code text} has, each as often as it has them. */
  static Stream<String> in(String text) {
    return ALL.stream()
        .filter(phrase -> phrase.words().matcher(text).find())
        .map(SuspectPhrase::kind);
  }
}
