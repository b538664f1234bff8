package dev.offshoot.worker;

import dev.offshoot.deployment.Program;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * An experiment's page in Temporal's own Web UI, used as a person uses it: by looking and clicking.
 */
final class TemporalPage implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> ARGUMENTS =
      List.of(
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--window-size=1500,2600");

  private final ChromeDriver browser;
  private final WebDriverWait patiently;

  private TemporalPage(ChromeDriver browser) {
    this.browser = browser;
    this.patiently = new WebDriverWait(browser, PATIENCE);
    patiently.ignoring(StaleElementReferenceException.class);
  }

  /** Why there is no browser here; empty if there is one. */
  static Optional<String> missing() {
    for (String program : List.of("chromium", "chromedriver")) {
      if (Program.onPath(program).isEmpty()) {
        return Optional.of(program + " is not on the PATH; .ci/run installs it");
      }
    }
    return Optional.empty();
  }

  static TemporalPage open(String ui, String workflowId) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(Program.onPath("chromium").orElseThrow().path().toFile());
    options.addArguments(ARGUMENTS);
    ChromeDriverService driver =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Program.onPath("chromedriver").orElseThrow().path().toFile())
            .build();
    TemporalPage page = new TemporalPage(new ChromeDriver(driver, options));
    page.browser.get(ui + "/namespaces/default/workflows/" + workflowId);
    return page;
  }

  /** The current details as the page shows them: the text inside the frame that renders them. */
  String currentDetails() {
    return inCurrentDetails(() -> browser.findElement(By.tagName("body")).getText());
  }

  /** Elements in the current details that none of our own words make. */
  List<String> foreignElements() {
    return inCurrentDetails(
        () ->
            browser
                .findElements(By.cssSelector("iframe, img, script, a, table, b, s, form, input"))
                .stream()
                .map(WebElement::getTagName)
                .toList());
  }

  /** Whether all of a text line can be seen without scrolling sideways. */
  boolean fits(String text) {
    return inCurrentDetails(
        () -> {
          Object fits =
              browser.executeScript(
                  """
                  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                    const at = node.data.indexOf(arguments[0]);
                    if (at >= 0) {
                      const range = document.createRange();
                      range.setStart(node, at);
                      range.setEnd(node, at + arguments[0].length);
                      return range.getBoundingClientRect().right <= window.innerWidth;
                    }
                  }
                  return false;
                  """,
                  text);
          return Boolean.TRUE.equals(fits);
        });
  }

  /** Sends a signal through the page's dialog, as a person who pastes {@code json}. */
  void signal(String name, String json) {
    displayed("//button[contains(., 'More Actions')]").click();
    displayed("//*[@data-testid='signal-button']").click();
    displayed("//dialog[@open]//*[@data-testid='signal-select-button']").click();
    displayed(
            "//dialog[@open]//*[@role='option'][starts-with(normalize-space(.), '%s')]"
                .formatted(name))
        .click();
    if (!json.isEmpty()) {
      displayed("//dialog[@open]//*[contains(@class, 'cm-content')]").click();
      browser.executeCdpCommand("Input.insertText", Map.of("text", json));
    }
    // The box lays its text out anew while it loses the focus, which moves the button away from
    // under a click: a person clicks once more.
    patiently.until(
        b -> {
          b
              .findElements(By.xpath("//dialog[@open]//*[@data-testid='confirm-modal-button']"))
              .stream()
              .filter(WebElement::isDisplayed)
              .forEach(WebElement::click);
          return b.findElements(By.cssSelector("dialog[open]")).isEmpty();
        });
  }

  /** All that the page shows of the history once {@code text} is there. */
  String text(String text) {
    return patiently.until(
        b -> {
          String shown = b.findElement(By.tagName("body")).getText();
          return shown.contains(text) ? shown : null;
        });
  }

  /**
   * Opens the codec endpoint, types the token where the browser asks for it, and has the UI use the
   * endpoint with the browser's credentials, as its own dialog would.
   */
  void signIn(URI endpoint, String token) {
    String page = browser.getCurrentUrl();
    browser.get(endpoint.toString().replace("://", "://any:" + token + "@"));
    browser.get(page);
    browser.executeScript(
        """
        localStorage.setItem('endpoint', JSON.stringify(arguments[0]));
        localStorage.setItem('includeCredentials', 'true');
        localStorage.setItem('overrideRemoteCodecConfiguration', 'true');
        """,
        endpoint.toString());
    browser.navigate().refresh();
  }

  byte[] screenshot() {
    return browser.getScreenshotAs(OutputType.BYTES);
  }

  private <T> T inCurrentDetails(java.util.function.Supplier<T> look) {
    displayed("//a[contains(., 'User Metadata')]").click();
    WebElement frame =
        displayed("//iframe[contains(@src, 'Offshoot') and contains(@src, '/render')]");
    browser.switchTo().frame(frame);
    try {
      patiently.until(b -> !b.findElement(By.tagName("body")).getText().isBlank());
      return look.get();
    } finally {
      browser.switchTo().defaultContent();
    }
  }

  /** The page keeps a hidden twin of most controls for narrow screens. */
  private WebElement displayed(String xpath) {
    return patiently.until(
        b ->
            b.findElements(By.xpath(xpath)).stream()
                .filter(WebElement::isDisplayed)
                .findFirst()
                .orElse(null));
  }

  @Override
  public void close() {
    browser.quit();
  }
}
