//! Who asks: the document a client publishes at the address that is its id, read with suspicion.
//!
//! Spec: OAuth Client ID Metadata Document (draft).

use serde_json::Value;
use url::Url;

use crate::model::actor::authority;

/// Longest name shown on the consent page, in characters; the rest is cut off.
const NAME_CHARS: usize = 60;

/// A client, as far as its own document is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Address of its document.
    pub id: Url,
    /// What it calls itself; only ever shown next to its host.
    pub name: String,
    /// Where it may be called back, as spelt in its document.
    pub redirect_uris: Vec<String>,
}

impl Client {
    /// Host (and port) of the client: what a person can recognise and an admin can allow.
    pub fn host(&self) -> String {
        authority(&self.id)
    }

    /// The address to call back, if the document names exactly this one and it is the client's own.
    ///
    /// # Errors
    /// A sentence for the person; nobody is redirected then.
    pub fn redirect(&self, wanted: &str) -> Result<Url, String> {
        let foreign =
            || format!("{} asks to send you on to an address it does not list as its own", self.host());
        if !self.redirect_uris.iter().any(|listed| listed == wanted) {
            return Err(foreign());
        }
        let url = Url::parse(wanted).map_err(|_| foreign())?;
        let is_plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        if url.origin() == self.id.origin() && is_plain { Ok(url) } else { Err(foreign()) }
    }
}

/// Reads the document found at `id`.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn read(document: &Value, id: &Url) -> Result<Client, String> {
    let host = authority(id);
    if document.get("client_id").and_then(Value::as_str) != Some(id.as_str()) {
        return Err(format!("the description {host} gives of itself belongs to another address"));
    }
    let method = document.get("token_endpoint_auth_method").and_then(Value::as_str).unwrap_or("none");
    if method != "none" {
        return Err(format!("{host} wants to prove itself by {method}, which is not known here"));
    }
    let redirect_uris: Vec<String> = document
        .get("redirect_uris")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|uri| uri.as_str().map(str::to_owned))
        .collect();
    if redirect_uris.is_empty() {
        return Err(format!("{host} does not say where to send you back to"));
    }
    let claimed = document.get("client_name").and_then(Value::as_str).unwrap_or_default();
    let name: String = claimed.chars().filter(|c| is_shown(*c)).take(NAME_CHARS).collect();
    let name = if name.trim().is_empty() { host } else { name.trim().to_owned() };
    Ok(Client { id: id.clone(), name, redirect_uris })
}

/// Leaves out what could make a name read as something else: controls and direction marks.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id() -> Url {
        Url::parse("https://new.example/godwit/client.json").unwrap()
    }

    fn document() -> Value {
        json!({"client_id": id(), "client_name": "Newhaven", "redirect_uris": ["https://new.example/godwit/callback"]})
    }

    #[test]
    fn a_document_must_be_about_its_own_address() {
        assert_eq!(read(&document(), &id()).unwrap().name, "Newhaven");
        let mut stolen = document();
        stolen["client_id"] = json!("https://other.example/client.json");
        assert!(read(&stolen, &id()).is_err());
    }

    #[test]
    fn only_a_listed_address_on_the_clients_own_origin_is_called_back() {
        let mut document = document();
        document["redirect_uris"] = json!(["https://new.example/godwit/callback", "https://evil.example/x"]);
        let client = read(&document, &id()).unwrap();
        assert!(client.redirect("https://new.example/godwit/callback").is_ok());
        for wanted in ["https://new.example/godwit/callback/", "https://new.example/godwit/callback?a=1"] {
            assert!(client.redirect(wanted).is_err(), "{wanted}");
        }
        assert!(client.redirect("https://evil.example/x").is_err(), "listed, but of another origin");
    }

    #[test]
    fn a_name_is_cut_and_cannot_turn_the_page_around() {
        let mut document = document();
        document["client_name"] = json!(format!("\u{202e}A\n{}", "b".repeat(500)));
        let name = read(&document, &id()).unwrap().name;
        assert_eq!(name.chars().count(), NAME_CHARS);
        assert!(name.starts_with('A'));
        document["client_name"] = json!("\u{202e}");
        assert_eq!(read(&document, &id()).unwrap().name, "new.example");
    }
}
