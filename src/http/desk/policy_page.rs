//! The rules: as sentences, as a form, as presets, and what others would have said to the requests of 90 days.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};

use super::{
    admin::{Admin, Sent, desk_page, then},
    policy_form,
};
use crate::{
    app::App,
    http::{
        problem::Problem,
        ui::{
            layout::csrf,
            words::{bytes, number},
        },
    },
    model::policy::{Policy, Preset, WhatIf},
    site::sessions::Session,
    transfer::desk,
    words::{say, text},
};

/// `GET /desk/policy`.
pub(super) async fn show(app: web::Data<App>, admin: Admin) -> Result<HttpResponse, Problem> {
    let rules = desk::rules(&app.engine).await.map_err(|error| Problem::from(error).page())?;
    let body = html! {
        (sentences(&rules.policy))
        (presets(admin.session(), rules.version))
        (policy_form::form(admin.session(), rules.version, &rules.policy))
    };
    Ok(desk_page(&app, admin.session(), &text!("desk-rules"), &body))
}

fn sentences(policy: &Policy) -> Markup {
    html! { ul.sentences { @for said in policy.sentences() { li { (said) } } } }
}

fn presets(session: &Session, version: i64) -> Markup {
    html! {
        form method="post" action="/desk/policy" {
            (csrf(session))
            input type="hidden" name="version" value=(version);
            fieldset {
                legend { (say!("desk-presets")) }
                p.actions { @for preset in Preset::ALL {
                    button type="submit" name="preset" value=(preset.as_str()) { (match preset {
                        Preset::Open => say!("desk-preset-open"),
                        Preset::Careful => say!("desk-preset-careful"),
                        Preset::Closed => say!("desk-preset-closed"),
                        Preset::Closing => say!("desk-preset-closing"),
                    }) }
                } }
                p.hint { (say!("desk-presets-keep-your-lists")) }
            }
        }
    }
}

/// What the form says, or the preset that was pressed.
async fn wanted(app: &App, sent: &Sent) -> Result<Policy, Problem> {
    if let Some(preset) = Preset::from_word(sent.one("preset")) {
        let now = desk::rules(&app.engine).await.map_err(|error| Problem::from(error).page())?;
        return Ok(preset.policy(&now.policy));
    }
    policy_form::read(sent).map_err(|why| Problem::bad_request(why).page())
}

fn version(sent: &Sent) -> i64 {
    sent.one("version").parse().unwrap_or(-1)
}

/// `POST /desk/policy`.
pub(super) async fn change(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Problem> {
    let policy = wanted(&app, &sent).await?;
    let changed = desk::change(&app.engine, version(&sent), policy, Some(sent.admin.id())).await;
    then("/desk/policy", changed)
}

/// `POST /desk/policy/what-if`: nothing changes.
pub(super) async fn what_if(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Problem> {
    let policy = wanted(&app, &sent).await?;
    let said = desk::what_if(&app.engine, &policy).await.map_err(|error| Problem::from(error).page())?;
    let body = html! {
        p { (say!("desk-nothing-has-changed")) }
        (sentences(&policy))
        (answer(&said))
        (policy_form::form(sent.admin.session(), version(&sent), &policy))
    };
    Ok(desk_page(&app, sent.admin.session(), &text!("desk-what-if-title"), &body))
}

fn answer(said: &WhatIf) -> Markup {
    html! {
        dl.facts {
            dt { (say!("desk-requests-of-90-days")) } dd { (number(said.requests)) }
            dt { (say!("desk-would-begin")) } dd { (number(said.begin)) }
            dt { (say!("desk-would-wait")) } dd { (number(said.wait)) }
            dt { (say!("desk-would-be-refused")) } dd { (number(said.refused)) }
            dt { (say!("desk-newly-let-in")) } dd { (number(said.newly_let_in)) }
            dt { (say!("desk-newly-refused")) } dd { (number(said.newly_refused)) }
            dt { (say!("desk-would-bring")) }
            dd { (say!("desk-posts-and-bytes", posts = said.posts, bytes = bytes(said.media_bytes))) }
        }
        p.hint { (say!("desk-what-if-leaves-the-disk-out")) }
    }
}
