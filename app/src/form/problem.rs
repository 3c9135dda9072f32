//! The banner of a form that was refused.

use leptos::prelude::*;

use super::{Field, FormView, Problem};
use crate::ui::banner::{Banner, Tone};

/// Explains why a form was refused, if the reason belongs to no field.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn ProblemBanner<F>(form: FormView<F>) -> impl IntoView
where
    F: Field,
    F::Problem: Problem,
{
    form.problem().map(|problem| {
        let (cause, fix) = problem.words();
        view! {
            <div id=form.problem_id()>
                <Banner tone=Tone::Bad title=cause>
                    <p>{fix}</p>
                </Banner>
            </div>
        }
    })
}
