//! Whether everything a daemon needs is in place: its own parts, the way to it from outside, and the
//! server it stands beside.

use super::App;
use crate::{
    adapters::{self, Rights},
    config::Config,
    model::{actor::authority, finding::Finding},
    port::{
        clock::{Clock, SystemClock},
        remote::Request,
    },
};

/// The script that makes the role the daemon needs in the other server's database, or lets it do more.
///
/// # Errors
/// When the server beside us is the built-in one, or its settings make no sense.
pub async fn role(config: &Config, rights: Rights) -> anyhow::Result<String> {
    anyhow::ensure!(
        !config.home.is_built_in(),
        "the built-in server needs no role: home.kind is \"built_in\""
    );
    Ok(adapters::role_beside(&super::surroundings(config)?, rights).await?)
}

/// Looks at everything.
///
/// # Errors
/// When the settings make no sense; everything else is a finding.
pub async fn look(config: Config) -> anyhow::Result<Vec<Finding>> {
    let mut findings = vec![address(&config)];
    if !config.home.is_built_in() {
        let surroundings = super::surroundings(&config)?;
        findings.extend(adapters::look_beside(&surroundings, SystemClock.now_micros()).await?);
    }
    match App::open(config).await {
        Ok(app) => {
            findings.push(Finding::good("own data", "database, keys and directory are there"));
            findings.push(way_in(&app).await);
        }
        Err(error) => {
            let remedy = "see that server.data_dir belongs to this user and database.url is right";
            findings.push(Finding::blocks("own data", format!("{error:#}"), remedy));
        }
    }
    Ok(findings)
}

/// Whether others can reach us under the address we give.
fn address(config: &Config) -> Finding {
    let base = &config.server.base_url;
    let host = base.host_str().unwrap_or_default();
    if host.ends_with(".example") || base.scheme() != "https" {
        let cause = format!("server.base_url is {base}");
        return Finding::warns("address", cause, "set it to the https address that people and servers use");
    }
    Finding::good("address", format!("people and servers use {base}"))
}

/// Whether whoever asks for our addresses from outside gets us.
async fn way_in(app: &App) -> Finding {
    let about = "proxy";
    let base = &app.config.server.base_url;
    let remedy =
        format!("start the daemon, and let the proxy of {} send it what docs/ names", authority(base));
    let Ok(url) = base.join("/godwit/lola/nobody/outline") else {
        return Finding::blocks(about, format!("{base} is no origin"), "correct server.base_url");
    };
    // Nobody has a token for this; that it is we who say so is what is to be seen.
    match app.remote.send(Request::get(url.clone()).accepting("application/json")).await {
        Ok(response) => {
            let status = response.status;
            let kind = response.headers.get("content-type").cloned().unwrap_or_default();
            if status == 401 && kind.starts_with("application/problem+json") {
                return Finding::good(about, "our addresses lead to us");
            }
            Finding::warns(about, format!("{url} is answered by somebody else ({status})"), remedy)
        }
        Err(error) => Finding::warns(about, error.to_string(), remedy),
    }
}
