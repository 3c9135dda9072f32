//! Obstacles between a device and the listener.

use std::sync::Arc;

use domain::{ChosenListener, DeviceKind, Network, ServiceProblem, SubmissionService};
use leptos::prelude::*;

use crate::ui::{
    banner::{Banner, Tone},
    copy::CopyButton,
};

/// A warning for each obstacle, with the line of the configuration that removes it.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Problems(
    service: Arc<SubmissionService>,
    kind: DeviceKind,
    #[prop(optional)] networks: Vec<Network>,
) -> impl IntoView {
    let chosen = service.choose(kind, &networks);
    let problems = service.problems(chosen, &networks);
    let banner = |problem| view! { <Problem service=&service chosen problem /> };
    problems.into_iter().map(banner).collect_view()
}

#[component]
fn Problem<'a>(
    service: &'a SubmissionService,
    chosen: Option<ChosenListener<'a>>,
    problem: ServiceProblem,
) -> impl IntoView + use<> {
    let (title, fix) = wording::service_problem(problem, service, chosen);
    let needs_line = matches!(
        problem,
        ServiceProblem::NoListener | ServiceProblem::OnlyLocal
    );
    let line = needs_line.then(|| service.reachable_setting());
    view! {
        <Banner tone=Tone::Careful title>
            <p>{fix}</p>
            {line
                .map(|line| {
                    view! {
                        <p class="copyable">
                            <code id="listener-line">{line}</code>
                            <CopyButton of="listener-line" what="the line" />
                        </p>
                    }
                })}
        </Banner>
    }
}
