import { defineMessages } from '../../i18n/feature-messages.js'

export const payerMessages = defineMessages(
  {
    title: '缴费人',
    lead: '学生、教职工或校外人员。个人信息加密保存，这里只显示掩码。',
    empty: '还没有缴费人。调用 POST /v1/payers 登记一个。',
    name: '姓名',
    number: '证件或学工号',
    phone: '手机',
    email: '邮箱',
    bills: '缴费单',
    showBills: '查看此人的缴费单',
    kinds: { student: '学生', employee: '教职工', outsider: '校外人员' },
    numberTypes: { student_no: '学号', employee_no: '工号', certificate_no: '证件号' },
  },
  {
    title: 'Payers',
    lead: 'Students, employees and outsiders. Personal data is encrypted; only masks are shown here.',
    empty: 'No payers yet. Register one with POST /v1/payers.',
    name: 'Name',
    number: 'Number',
    phone: 'Phone',
    email: 'E-mail',
    bills: 'Bills',
    showBills: 'Show this person’s bills',
    kinds: { student: 'Student', employee: 'Employee', outsider: 'Outsider' },
    numberTypes: {
      student_no: 'Student no.',
      employee_no: 'Staff no.',
      certificate_no: 'Certificate no.',
    },
  },
)
