"""Opens an address in a headless Chromium, clicks what CLICK names, and keeps what the browser shows at the end.

    BROWSER="python clicking_browser.py %s" CLICK=allow SHOWN=folder airbyte-lowcode login …

Chromium and its driver are Debian's packages `chromium` and `chromium-driver`: browsers that come with pip are downloaded from elsewhere.
"""

import os
import sys

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait


def main(address):
    options = webdriver.ChromeOptions()
    for switch in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=900,640"]:
        options.add_argument(switch)
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    driver = webdriver.Chrome(options, webdriver.ChromeService(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver")))
    try:
        driver.get(address)
        click, shown = os.environ.get("CLICK", "allow"), os.environ["SHOWN"]
        driver.save_screenshot(os.path.join(shown, "asked.png"))
        before = driver.find_element(By.TAG_NAME, "html")
        driver.find_element(By.CSS_SELECTOR, f"button[value={click}]").click()
        WebDriverWait(driver, 60).until(lambda _: gone(before))
        WebDriverWait(driver, 60).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, "h1"))
        driver.save_screenshot(os.path.join(shown, "answered.png"))
        with open(os.path.join(shown, "answered.txt.part"), "w", encoding="utf-8") as file:
            file.write(driver.find_element(By.TAG_NAME, "body").text)
        os.rename(os.path.join(shown, "answered.txt.part"), os.path.join(shown, "answered.txt"))
    finally:
        driver.quit()


def gone(element):
    try:
        element.is_enabled()
        return False
    except Exception:
        return True


if __name__ == "__main__":
    main(sys.argv[1])
