/** A cookie in the format of `BrowserContext.addCookies`. */
export interface GivenCookie {
  name: string;
  value: string;
  url: string;
}

/** Posts a form as a browser does, without following redirects. */
export async function postForm(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', ...headers },
    body: new URLSearchParams(fields),
  });
}

/** Returns the cookies that a response sets. */
export function cookiesOf(answer: Response): GivenCookie[] {
  return answer.headers.getSetCookie().map((line) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    return { name, value, url: new URL(answer.url).origin };
  });
}
