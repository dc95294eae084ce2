//! What a copy would be like, before anything is written: as JSON and as a part of the page.

use actix_web::{HttpResponse, web};
use maud::{Markup, html};

use super::api::own;
use crate::words::{say, text};
use crate::{
    app::App,
    http::{
        extract::SignedIn,
        problem::Problem,
        ui::words::{self, bytes, duration, number},
    },
    model::outlook::Prospect,
    transfer::forecast::{self, Forecast, ServerForecast},
};

/// Servers named on the page; the others stand in the JSON.
const SHOWN_SERVERS: usize = 30;

/// The forecast of a transfer; grows while the followers' servers are looked at.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}/forecast", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = Forecast))
)]
pub async fn show(
    app: web::Data<App>,
    signed: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let transfer = own(&app, &signed.session, &id).await?;
    let found = forecast::forecast(&app.engine, &transfer).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(found))
}

/// What the page says beforehand.
pub(super) fn forecast(forecast: &Forecast) -> Markup {
    html! {
        p { strong { (size(forecast)) } }
        @if !forecast.not_this_way.is_empty() {
            div.note {
                p { (say!("transfers-nothing-of-our-kind-runs-there")) }
                ul { @for line in &forecast.not_this_way { li { (words::sentence(line)) } } }
            }
        }
        details {
            summary { (say!("transfers-what-changes-on-the-way")) }
            ul { @for (kind, one) in forecast.kinds.iter().filter(|(_, one)| one.count != Some(0)) {
                li { strong { (words::kind(kind)) } ": "
                    @for (n, line) in one.becomes.iter().enumerate() { @if n > 0 { "; " } (line) } "." }
            } }
        }
        (followers(forecast))
    }
}

fn size(forecast: &Forecast) -> String {
    let items: u64 = forecast.kinds.values().filter_map(|kind| kind.count).sum();
    let files = forecast.media_bytes.map(|media| text!("transfers-size-files", bytes = bytes(media)));
    let time = forecast.seconds.map(|seconds| text!("transfers-size-time", time = duration(seconds)));
    let things = match forecast.posts_about {
        Some(posts) => text!("transfers-size-posts", n = number(posts)),
        None => text!("transfers-size", n = items),
    };
    let said: Vec<String> = [Some(things), files, time].into_iter().flatten().collect();
    said.join(" · ")
}

fn followers(forecast: &Forecast) -> Markup {
    let all = forecast.followers.unwrap_or(0);
    html! {
        @if all > 0 {
            h2 { (say!("transfers-your-followers-if-you-announce", all = number(all))) }
            ul {
                @for prospect in Prospect::ALL {
                    @if let Some(count) = forecast.prospects.get(prospect.as_str()) {
                        li { strong { (number(*count)) } " " (will(prospect)) }
                    }
                }
                @if forecast.unknown > 0 {
                    li { (say!("transfers-live-on-servers-that-were-not-looked", unknown = number(forecast.unknown))) }
                }
            }
            p.quiet { (say!("transfers-as-far-as-public-facts-tell-servers")) }
            details {
                summary { (say!("transfers-server-by-server")) }
                table.numbers {
                    thead { tr {
                        th scope="col" { (say!("transfers-server")) } th scope="col" { (say!("transfers-followers")) } th scope="col" { (say!("transfers-what-will-happen")) }
                    } }
                    tbody { @for server in forecast.servers.iter().take(SHOWN_SERVERS) { (row(server)) } }
                }
                @if forecast.servers.len() > SHOWN_SERVERS { p.quiet { (say!("transfers-and-smaller-ones")) } }
            }
        }
    }
}

fn row(server: &ServerForecast) -> Markup {
    html! {
        tr {
            th scope="row" { (server.host) @if let Some(software) = &server.software { " " small { (software) } } }
            td { (number(server.followers)) }
            td.said { @match &server.why { Some(why) => { (words::sentence(why)) }, None => { (say!("transfers-not-looked-at-yet")) } } }
        }
    }
}

fn will(prospect: Prospect) -> String {
    match prospect {
        Prospect::FollowsByItself => text!("transfers-will-follow"),
        Prospect::MustClick => text!("transfers-will-click"),
        Prospect::BlocksUs => text!("transfers-will-not"),
        Prospect::Dead => text!("transfers-are-dead"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_who_will_not_come_along() {
        let server = |host: &str, followers, prospect| ServerForecast {
            host: host.to_owned(),
            followers,
            software: None,
            prospect: Some(prospect),
            why: Some("it says so".to_owned()),
        };
        let shown = forecast(&Forecast {
            kinds: std::collections::BTreeMap::new(),
            media_bytes: Some(3 << 20),
            posts_about: None,
            not_this_way: Vec::new(),
            seconds: Some(5),
            followers: Some(40),
            prospects: [("blocks_us".to_owned(), 37)].into(),
            unknown: 3,
            servers: vec![server("<b>.example", 37, Prospect::BlocksUs)],
        });
        let shown = shown.into_string();
        assert!(shown.contains("<strong>37</strong> cannot come along"), "{shown}");
        assert!(shown.contains("<strong>3</strong> live on servers that were not looked at"));
        assert!(shown.contains("&lt;b&gt;.example") && shown.contains("3.0 MB"), "{shown}");
    }
}
