// What axe does not look at: sideways scrolling, text that is cut off or outside the screen, the bones of a page.
() => {
  const faults = [];
  const root = document.documentElement;
  // A longer word may have to be broken on the narrowest screen.
  const LONGEST_WHOLE = 14;
  const name = (element) => {
    const words = (element.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40);
    const mark = element.id ? `#${element.id}` : element.classList.length ? `.${element.classList[0]}` : "";
    return `<${element.localName}${mark}> “${words}”`;
  };
  const forScreenReaders = (element) => {
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      const style = getComputedStyle(one);
      const clipped = style.clipPath.startsWith("inset(50%") || style.clip === "rect(0px, 0px, 0px, 0px)";
      if (clipped || (one.offsetWidth <= 1 && one.offsetHeight <= 1)) return true;
      // Waits beside the screen until the keyboard comes by: the link that skips to the content.
      if (style.position === "absolute" && one.getBoundingClientRect().right < 0) return true;
    }
    return false;
  };
  const scrollable = (element) => {
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(one).overflowX)) return true;
    }
    return false;
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

  const brokenWord = (element) => {
    for (const node of element.childNodes) {
      if (node.nodeType !== 3) continue;
      for (const word of node.data.matchAll(/[\p{L}\d]{3,}/gu)) {
        if (word[0].length > LONGEST_WHOLE) continue;
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const tops = [...range.getClientRects()].map((rect) => Math.round(rect.top));
        if (Math.max(...tops) - Math.min(...tops) > 5) return word[0];
      }
    }
    return null;
  };

  const screen = root.clientWidth;
  if (root.scrollWidth > screen) faults.push(`The page is ${root.scrollWidth - screen} px wider than its screen of ${screen} px.`);
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility({ visibilityProperty: true }) || forScreenReaders(element)) continue;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (hasText(element) || ["INPUT", "SELECT", "TEXTAREA", "BUTTON", "IMG"].includes(element.tagName)) {
      if ((box.right > screen + 1 || box.left < -1) && !scrollable(element)) faults.push(`Sticks out of the screen: ${name(element)}`);
    }
    if (hasText(element) && style.fontFamily.includes("Times New Roman")) faults.push(`Has no style: ${name(element)}`);
    const broken = hasText(element) && brokenWord(element);
    if (broken) faults.push(`Breaks the word ${broken}: ${name(element)}`);
    if (!element.textContent.trim() || element.closest("svg")) continue;
    const cutsX = ["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const cutsY = ["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
    if (style.display !== "inline" && (cutsX || cutsY)) faults.push(`Its text is cut off: ${name(element)}`);
  }

  const titles = document.querySelectorAll("h1").length;
  if (titles !== 1) faults.push(`There are ${titles} first headings.`);
  if (!document.title.trim()) faults.push("The page has no title.");
  if (!root.lang) faults.push("The page does not say its language.");
  for (const [landmark, selector] of [["header", "body > header, [role=banner]"], ["main", "main"], ["footer", "body > footer, [role=contentinfo]"]]) {
    const found = document.querySelectorAll(selector).length;
    if (found !== 1) faults.push(`There are ${found} of ${landmark}.`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`Two elements have the id ${id}.`);
  for (const attribute of ["for", "aria-describedby", "aria-labelledby", "aria-controls"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(/\s+/)) {
        if (id && !document.getElementById(id)) faults.push(`${attribute} of ${name(element)} names ${id}, which is not there.`);
      }
    }
  }
  for (const link of document.querySelectorAll("a[href^='#']")) {
    const id = decodeURIComponent(link.getAttribute("href").slice(1));
    if (id && !document.getElementById(id)) faults.push(`${name(link)} leads to ${id}, which is not there.`);
  }
  return faults;
}
