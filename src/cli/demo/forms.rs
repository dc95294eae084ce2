//! Forms and links of a page, read from its HTML and filled in as a person would.

use anyhow::{Result, anyhow, bail};
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// What kind of control a field is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Control {
    /// Something that is always sent: hidden, text, password, textarea, select.
    Value,
    /// A checkbox or radio button.
    Tick {
        /// Whether it is ticked.
        is_on: bool,
    },
    /// A submit button; only the pressed one is sent.
    Button,
}

/// One named control.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    value: String,
    control: Control,
}

/// One form of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where it is sent.
    pub(crate) action: Url,
    /// Whether it is sent as POST.
    pub(crate) is_post: bool,
    fields: Vec<Field>,
    pressed: Option<(String, String)>,
}

impl Form {
    /// Whether it has a control of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Types `value` into the field `name`, or chooses it.
    ///
    /// # Errors
    /// When the form has no such field.
    pub(crate) fn fill(mut self, name: &str, value: &str) -> Result<Self> {
        let field =
            self.fields.iter_mut().find(|field| field.name == name && field.control == Control::Value);
        match field {
            Some(field) => value.clone_into(&mut field.value),
            None => bail!("the form {} has no field {name}", self.action),
        }
        Ok(self)
    }

    /// Ticks every box of this name.
    ///
    /// # Errors
    /// When the form has none.
    pub(crate) fn tick(mut self, name: &str) -> Result<Self> {
        let mut found = false;
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            if let Control::Tick { is_on } = &mut field.control {
                *is_on = true;
                found = true;
            }
        }
        if found { Ok(self) } else { Err(anyhow!("the form {} has no box {name}", self.action)) }
    }

    /// Chooses one of several: an option of a select, or the radio button with this value.
    ///
    /// # Errors
    /// When the form offers no such choice.
    pub(crate) fn choose(mut self, name: &str, value: &str) -> Result<Self> {
        let mut found = false;
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            if let Control::Tick { is_on } = &mut field.control {
                *is_on = field.value == value;
                found |= *is_on;
            }
        }
        if found { Ok(self) } else { self.fill(name, value) }
    }

    /// Chooses the button to be pressed.
    ///
    /// # Errors
    /// When the form has no such button.
    pub(crate) fn press(mut self, name: &str, value: &str) -> Result<Self> {
        let is_there = self
            .fields
            .iter()
            .any(|field| field.control == Control::Button && field.name == name && field.value == value);
        if !is_there {
            bail!("the form {} has no button {name}={value}", self.action);
        }
        self.pressed = Some((name.to_owned(), value.to_owned()));
        Ok(self)
    }

    /// What is sent, in the order of the page.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let is_sent = |field: &&Field| match field.control {
            Control::Value => true,
            Control::Tick { is_on } => is_on,
            Control::Button => false,
        };
        let sent = self.fields.iter().filter(is_sent).map(|field| (field.name.clone(), field.value.clone()));
        sent.chain(self.pressed.clone()).collect()
    }
}

/// A selector that is written down in this program.
pub(crate) fn selector(text: &'static str) -> Selector {
    Selector::parse(text).expect("a selector written in this program parses")
}

/// All forms of a page that came from `base`.
pub(crate) fn forms(html: &str, base: &Url) -> Vec<Form> {
    let document = Html::parse_document(html);
    let (form, control) = (selector("form"), selector("input, textarea, select, button"));
    document
        .select(&form)
        .filter_map(|element| {
            let action = element.attr("action").unwrap_or_default();
            let action = if action.is_empty() { base.clone() } else { base.join(action).ok()? };
            let is_post = element.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
            let fields = element.select(&control).filter_map(field).collect();
            Some(Form { action, is_post, fields, pressed: None })
        })
        .collect()
}

fn field(element: ElementRef<'_>) -> Option<Field> {
    if element.attr("disabled").is_some() {
        return None;
    }
    let name = element.attr("name")?.to_owned();
    let kind = element.attr("type").unwrap_or_default().to_ascii_lowercase();
    let plain = || element.attr("value").unwrap_or_default().to_owned();
    let (value, control) = match (element.value().name(), kind.as_str()) {
        ("textarea", _) => (element.text().collect(), Control::Value),
        ("select", _) => (chosen(element), Control::Value),
        ("button", "button" | "reset") | ("input", "button" | "reset" | "image" | "file") => return None,
        ("button", _) | ("input", "submit") => (plain(), Control::Button),
        ("input", "checkbox" | "radio") => {
            let value = element.attr("value").unwrap_or("on").to_owned();
            (value, Control::Tick { is_on: element.attr("checked").is_some() })
        }
        _ => (plain(), Control::Value),
    };
    Some(Field { name, value, control })
}

/// The chosen option of a select: the marked one, else the first.
fn chosen(element: ElementRef<'_>) -> String {
    let options = selector("option");
    let option = element
        .select(&options)
        .find(|option| option.attr("selected").is_some())
        .or_else(|| element.select(&options).next());
    option.map_or_else(String::new, |option| {
        option.attr("value").map_or_else(|| option.text().collect(), str::to_owned)
    })
}

/// Addresses of all links of a page that came from `base`.
pub(crate) fn links(html: &str, base: &Url) -> Vec<Url> {
    let document = Html::parse_document(html);
    document
        .select(&selector("a[href]"))
        .filter_map(|element| base.join(element.attr("href")?).ok())
        .collect()
}

/// What a page says, without its markup: for a sentence about something that went wrong.
pub(crate) fn words(html: &str) -> String {
    let document = Html::parse_document(html);
    let main = document.select(&selector("main")).next().unwrap_or_else(|| document.root_element());
    let text: String = main.text().flat_map(|part| [part, " "]).collect();
    text.split_whitespace().take(60).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><main><h1>Copy</h1>
        <form action="/search"><input name="q"></form>
        <form method="POST" action="/authorize?x=1&amp;y=2">
          <input type="hidden" name="csrf" value="a&quot;b">
          <label><input type="checkbox" name="kinds" value="media" checked>Media</label>
          <label><input type="checkbox" name="kinds" value="outbox">Boosts</label>
          <input type="checkbox" name="private">
          <input type="password" name="password"><textarea name="text">
two
lines</textarea>
          <select name="visibility"><option value="public">P</option><option selected value="direct">D</option></select>
          <input type="text" name="gone" disabled value="x">
          <button name="decision" value="allow">Yes</button><button name="decision" value="deny">No</button>
        </form><a href="/departures/ann/finish">on</a></main>"#;

    fn form() -> Form {
        let base = Url::parse("http://old.localhost:4701/godwit/page").unwrap();
        forms(PAGE, &base).into_iter().find(|form| form.has("csrf")).unwrap()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_form_sends_what_a_browser_would_send() {
        let form = form();
        assert_eq!(form.action.as_str(), "http://old.localhost:4701/authorize?x=1&y=2");
        assert!(form.is_post);
        let sent = form.fill("password", "s p").unwrap().press("decision", "allow").unwrap().pairs();
        let expected = [
            pair("csrf", "a\"b"),
            pair("kinds", "media"),
            pair("password", "s p"),
            pair("text", "two\nlines"),
            pair("visibility", "direct"),
            pair("decision", "allow"),
        ];
        assert_eq!(sent, expected);
    }

    #[test]
    fn ticking_a_name_ticks_all_its_boxes() {
        let sent = form().tick("kinds").unwrap().tick("private").unwrap().pairs();
        for expected in [pair("kinds", "media"), pair("kinds", "outbox"), pair("private", "on")] {
            assert!(sent.contains(&expected), "{expected:?} is not sent");
        }
    }

    #[test]
    fn what_a_form_does_not_have_cannot_be_filled_ticked_or_pressed() {
        assert!(form().fill("gone", "x").is_err());
        assert!(form().tick("unlock").is_err());
        assert!(form().press("decision", "maybe").is_err());
    }

    #[test]
    fn links_are_found_with_their_whole_address() {
        let base = Url::parse("http://new.localhost:4702/transfers/1").unwrap();
        assert_eq!(links(PAGE, &base)[0].as_str(), "http://new.localhost:4702/departures/ann/finish");
        assert!(words(PAGE).starts_with("Copy Media Boosts"));
    }
}
