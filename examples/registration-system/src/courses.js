/** What people can sign up for. Fees are whole fen: money is never a fraction. */
export const COURSES = [
  {
    code: 'calligraphy-2026',
    name: { zh: '书法入门班', en: 'Calligraphy for beginners' },
    fee: 28_000,
    places: 20,
  },
  {
    code: 'python-2026',
    name: { zh: 'Python 数据分析', en: 'Data analysis with Python' },
    fee: 68_000,
    places: 30,
  },
  {
    code: 'swimming-2026',
    name: { zh: '成人游泳班', en: 'Swimming for adults' },
    fee: 45_000,
    places: 12,
  },
]

export function findCourse(code) {
  return COURSES.find((course) => course.code === code)
}

/** What the organiser keeps when somebody withdraws: a tenth, rounded down, so in the payer's favour. */
export function adminFeeOf(amount) {
  return (amount - (amount % 10)) / 10
}

/** Who holds a place: everybody but those who withdrew. */
export function placesLeft(course, enrolments) {
  const taken = enrolments.filter((one) => one.course === course.code && !one.withdrawal)
  return Math.max(0, course.places - taken.length)
}
